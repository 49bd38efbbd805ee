import { v7 as uuidV7 } from 'uuid';
import { sqlStateOf, type Queryable } from '../database.js';
import { UsernameTakenError } from '../message-store.errors.js';
import { hashPassword, isPasswordOf, nobodysHash } from './password-hash.js';

/** Each may do all that the one before it may. */
export type AgentRole = 'agent' | 'supervisor' | 'admin';

/** The account of a person who answers customers. Its password never leaves this folder, not even hashed. */
export interface Agent {
  /** UUID version 7. */
  readonly id: string;
  /** One account whatever its case. */
  readonly username: string;
  /** As customers and colleagues see it. */
  readonly name: string;
  readonly role: AgentRole;
}

export interface NewAgent extends Omit<Agent, 'id'> {
  readonly password: string;
}

const uniqueViolation = '23505';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The accounts. A disabled one is as if it were not there. */
export class Agents {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /**
   * @returns the account, or undefined for an unknown user, a wrong password and a disabled account alike, and after
   * the same work.
   * @throws PasswordCheckBusyError StoreUnavailableError ReadTimeoutError
   */
  async authenticate(username: string, password: string): Promise<Agent | undefined> {
    const [row] = username.includes('\0')
      ? [] // PostgreSQL cannot hold NUL, so nobody has that name.
      : await this.#database.query<Agent & { password_hash: string }>(
          `select id, username, name, role, password_hash from agents
           where lower(username) = $1 and disabled_at is null`,
          [username.toLowerCase()],
        );
    const isRight = await isPasswordOf(row?.password_hash ?? nobodysHash, password);
    if (!row || !isRight) return undefined;
    return { id: row.id, username: row.username, name: row.name, role: row.role };
  }

  /** @returns undefined also for a text that is no UUID. @throws StoreUnavailableError ReadTimeoutError */
  async findById(id: string): Promise<Agent | undefined> {
    if (!uuid.test(id)) return undefined;
    const [row] = await this.#database.query<Agent>(
      `select id, username, name, role from agents where id = $1 and disabled_at is null`,
      [id],
    );
    return row;
  }

  /** @throws UsernameTakenError StoreUnavailableError */
  async create(agent: NewAgent): Promise<Agent> {
    const row = { id: uuidV7(), username: agent.username, name: agent.name, role: agent.role };
    const passwordHash = await hashPassword(agent.password);
    try {
      await this.#database.query(
        `insert into agents (id, username, name, role, password_hash) values ($1, $2, $3, $4, $5)`,
        [row.id, row.username, row.name, row.role, passwordHash],
      );
    } catch (error) {
      if (sqlStateOf(error) !== uniqueViolation) throw error;
      throw new UsernameTakenError(`an account named ${agent.username} exists already`, { cause: error });
    }
    return row;
  }
}
