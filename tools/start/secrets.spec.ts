import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keptSecrets } from './secrets.mts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'secrets-spec-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the secrets of this machine', () => {
  it('are made once: tokens stay good when the system is started again', async () => {
    const made = await keptSecrets(folder);
    expect(new Set(Object.values(made)).size).toBe(3);
    expect(await keptSecrets(folder)).toEqual(made);
  });

  it('keep those of an earlier version, and get what it did not know', async () => {
    await writeFile(path.join(folder, 'secrets.json'), '{"jwtSecret":"a","databasePassword":"b"}');
    const now = await keptSecrets(folder);
    expect(now).toMatchObject({ jwtSecret: 'a', databasePassword: 'b' });
    expect(now.chatSessionSecret).toMatch(/^[\w-]{43}$/);
    expect(await keptSecrets(folder)).toEqual(now);
  });
});
