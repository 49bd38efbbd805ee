import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeOwnersFile } from './owners-file.mts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'owners-file-spec-'));
  file = path.join(folder, 'secrets.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file of passwords', () => {
  it('is readable by its owner only, also where one that others may read stood, or a broken-off one', async () => {
    await writeFile(file, 'old', { mode: 0o644 });
    await writeFile(`${file}.unfinished`, '{"jwtSe', { mode: 0o644 });
    await writeOwnersFile(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['secrets.json']);
  });

  it('is never seen half written', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(4_000_000));
    await writeOwnersFile(file, texts[0]!);
    for (let round = 1; round <= 10; round += 1) {
      let written = false;
      const writing = writeOwnersFile(file, texts[round % 2]!).then(() => (written = true));
      while (!written) expect(texts.includes(await readFile(file, 'utf8'))).toBe(true);
      await writing;
    }
  });
});
