import { Client } from 'pg';
import type { PreparedStatement, Queryable } from '../src/database.js';

/** How PostgreSQL did one statement. */
export interface ExplainedStatement {
  readonly sql: string;
  /** What the plan does last. */
  readonly node: string;
  /** Of the statement and everything below it, functions too. */
  readonly buffers: number;
  /** That its connection held after it, in a transaction of its own. */
  readonly locks: number;
  /** What was read, as the plan has it; what it has but nobody had to ask is left out. */
  readonly scans: readonly Scan[];
  /** Tables that were read in turn, not through an index, and how many rows of them; by functions too. */
  readonly readInTurn: readonly TableRead[];
}

export interface Scan {
  readonly node: string;
  readonly relation: string | undefined;
  readonly index: string | undefined;
  readonly rows: number;
}

export interface TableRead {
  readonly name: string;
  readonly rows: number;
}

const tablesReadInTurn = `
  select relname as name, seq_tup_read::int as rows from pg_stat_xact_user_tables where seq_tup_read > 0`;

/** In front of a database: runs each statement as it comes, and once more to explain it, which is rolled back. */
export class ExplainingDatabase implements Queryable {
  readonly #client: Client;
  #statements: ExplainedStatement[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.#client = new Client({ connectionString: url });
  }

  async connect(): Promise<void> {
    await this.#client.connect();
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  /** Those since this was last asked. */
  takeStatements(): readonly ExplainedStatement[] {
    return this.#statements.splice(0);
  }

  /** Statement by statement: each is explained in a transaction of its own. */
  async transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result> {
    return work(this);
  }

  /** One after the other, whoever asks at once. */
  async query<Row extends object>(
    sql: string | PreparedStatement,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    const text = typeof sql === 'string' ? sql : sql.text;
    const asked = this.#last.then(() => this.#explainAndRun(text, [...parameters]));
    this.#last = asked.catch(() => undefined);
    return (await asked) as Row[];
  }

  async #explainAndRun(text: string, values: unknown[]): Promise<object[]> {
    await this.#client.query('begin');
    try {
      // PostgreSQL keeps counts of earlier transactions for a while before it hands them on.
      const before = await this.#tablesReadInTurn();
      const explain = `explain (analyze, buffers, timing off, format json) ${text}`;
      const explained = await this.#client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(explain, values);
      const readInTurn = difference(await this.#tablesReadInTurn(), before);
      const locks = await this.#client.query<{ count: number }>(
        `select count(*)::int from pg_locks where pid = pg_backend_pid() and relation is distinct from 'pg_locks'::regclass`,
      );
      const plan = explained.rows[0]?.['QUERY PLAN'][0]?.Plan;
      if (!plan) throw new Error('no plan came');
      this.#statements.push({
        sql: text,
        node: plan['Node Type'],
        buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
        locks: locks.rows[0]?.count ?? 0,
        scans: scansOf(plan),
        readInTurn,
      });
    } finally {
      await this.#client.query('rollback');
    }
    return (await this.#client.query<object>(text, values)).rows;
  }

  async #tablesReadInTurn(): Promise<TableRead[]> {
    return (await this.#client.query<TableRead>(tablesReadInTurn)).rows;
  }
}

function difference(after: readonly TableRead[], before: readonly TableRead[]): TableRead[] {
  const earlier = new Map(before.map(({ name, rows }) => [name, rows]));
  return after
    .map(({ name, rows }) => ({ name, rows: rows - (earlier.get(name) ?? 0) }))
    .filter(({ rows }) => rows > 0);
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Loops': number;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

function scansOf(node: PlanNode): Scan[] {
  const loops = node['Actual Loops'];
  if (loops === 0) return [];
  const below = (node.Plans ?? []).flatMap(scansOf);
  const relation = node['Relation Name'];
  const index = node['Index Name'];
  if (!/Scan$/.test(node['Node Type']) || (relation === undefined && index === undefined)) return below;
  const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * loops;
  return [{ node: node['Node Type'], relation, index, rows }, ...below];
}
