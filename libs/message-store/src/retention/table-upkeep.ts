import type { Queryable } from '../database.js';
import { PartitionMaker } from '../write/partition-maker.js';

/** What the table needs once a day beside deletions. */
export class TableUpkeep {
  readonly #database: Queryable;
  readonly #retentionDays: number;

  constructor(database: Queryable, retentionDays: number) {
    this.#database = database;
    this.#retentionDays = retentionDays;
  }

  async makePartitionsAhead(): Promise<void> {
    await new PartitionMaker(this.#database, this.#retentionDays).ensureAhead();
  }

  /**
   * Autovacuum analyses partitions but never their parent, whose figures the planner takes for joins and groups. ONLY
   * (PostgreSQL 18) leaves the partitions out; before, they are sampled once more, so the large columns, for which the
   * planner asks the partitions, are left out everywhere.
   */
  async analyze(): Promise<void> {
    const [server] = await this.#database.query<{ knows_only: boolean }>(
      `select current_setting('server_version_num')::int >= 180000 as knows_only`,
    );
    await this.#database.query(
      `analyze ${server?.knows_only ? 'only ' : ''}chat_messages ` +
        `(session_name, created_at, role, agent_id, status, response_time_ms)`,
    );
  }
}
