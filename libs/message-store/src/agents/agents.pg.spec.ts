import { openDatabase } from '../../test/history.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import type { Database } from '../database.js';
import { PasswordCheckBusyError, UsernameTakenError } from '../message-store.errors.js';
import { Agents } from './agents.js';
import { hashPassword, nobodysHash } from './password-hash.js';

let test: TestDatabase;
let database: Database;
let agents: Agents;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  agents = new Agents(database);
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

function newAgent(username: string) {
  return { username, name: 'Mei Lin', role: 'supervisor', password: 'correct horse' } as const;
}

describe('an agent', () => {
  it('is let in with the password it was made with, whatever the case of its username', async () => {
    const { id } = await agents.create(newAgent('Mei.Lin'));
    const account = { id, username: 'Mei.Lin', name: 'Mei Lin', role: 'supervisor' };
    expect(await agents.authenticate('mei.LIN', 'correct horse')).toEqual(account);
    expect(await agents.findById(id)).toEqual(account);
  });

  it('is nobody with a wrong password, an unknown name, or a name that cannot be stored', async () => {
    await agents.create(newAgent('paul'));
    expect(await agents.authenticate('paul', 'correct hors')).toBeUndefined();
    expect(await agents.authenticate('paula', 'correct horse')).toBeUndefined();
    // PostgreSQL lowers İ to i, JavaScript to two characters: one account must not have two names to be guessed by.
    await agents.create(newAgent('mimi'));
    expect(await agents.authenticate('mİmi', 'correct horse')).toBeUndefined();
    expect(await agents.authenticate('pa\0ul', 'correct horse')).toBeUndefined();
    expect(await agents.authenticate("' or true --", 'correct horse')).toBeUndefined();
    expect(await agents.findById('not-a-uuid')).toBeUndefined();
    expect(await agents.findById('01900000-0000-7000-8000-000000000000')).toBeUndefined();
  });

  it('is nobody once it is disabled', async () => {
    const { id } = await agents.create(newAgent('gone'));
    await test.query('update agents set disabled_at = now() where id = $1', [id]);
    expect(await agents.authenticate('gone', 'correct horse')).toBeUndefined();
    expect(await agents.findById(id)).toBeUndefined();
  });

  it('cannot be made twice', async () => {
    await agents.create(newAgent('twin'));
    await expect(agents.create(newAgent('TWIN'))).rejects.toThrow(UsernameTakenError);
  });

  it('has its password in the database only as a salted argon2id hash', async () => {
    await agents.create(newAgent('one'));
    await agents.create(newAgent('two'));
    const hashes = await test.query<{ password_hash: string }>(
      `select password_hash from agents where username in ('one', 'two')`,
    );
    expect(hashes[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(hashes[0]?.password_hash).not.toBe(hashes[1]?.password_hash);
  });
});

describe('checking passwords', () => {
  it('costs the same for an unknown user as for a known one', async () => {
    const costs = (phc: string) => phc.split('$').slice(0, 4);
    expect(costs(nobodysHash)).toEqual(costs(await hashPassword('any')));
  });

  it('refuses who would wait too long, and serves everyone else', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => hashPassword('x')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused.every(({ reason }) => reason instanceof PasswordCheckBusyError)).toBe(true);
    await expect(hashPassword('x')).resolves.toMatch(/^\$argon2id/);
  });
});
