import { sqlStateOf, type Database } from '../database.js';
import { dropLockTimeoutMs } from './retention.options.js';

export interface ExpiredPartition {
  /** As SQL writes it: quoted, and with its schema where the search path asks for it. */
  readonly name: string;
  /** `pending`: an earlier run was cut while it detached it; `detached`: nobody dropped it. */
  readonly state: 'pending' | 'detached' | 'attached';
  /** The first moment of its day; null when it is detached. */
  readonly from: Date | null;
}

/**
 * Daily partitions of which every message is past its retention. They leave in a way that makes no chat and no reader
 * wait: `drop table` on an attached partition locks the parent and queues everyone behind its longest reader, but
 * DETACH … CONCURRENTLY only waits itself (PostgreSQL manual, ALTER TABLE), and a detached table is nobody's any more.
 */
export class ExpiredPartitions {
  readonly #database: Database;
  readonly #detachTimeoutMs: number;

  constructor(database: Database, detachTimeoutMs: number) {
    this.#database = database;
    this.#detachTimeoutMs = detachTimeoutMs;
  }

  /** What earlier runs left first, as PostgreSQL detaches no second partition while one is pending; then oldest first. */
  async list(cutoff: Date): Promise<ExpiredPartition[]> {
    return this.#database.query<ExpiredPartition>(listExpired, [cutoff.toISOString()]);
  }

  /** Before which moment no message can be seen any more: the cutoff, unless some of its days are still attached. */
  async emptyUntil(cutoff: Date): Promise<Date> {
    const left = await this.list(cutoff);
    return left.find(({ state }) => state === 'attached')?.from ?? cutoff;
  }

  async countMessages({ name }: ExpiredPartition): Promise<number> {
    const [row] = await this.#database.query<{ count: string }>(`select count(*) from ${name}`);
    return Number(row?.count);
  }

  /**
   * Detaches and drops it. Where it ran out of its time it stays as it is, or pending, or detached; a later call goes
   * on from there.
   * @returns the messages that went with it.
   * @throws what `reasonToPostpone` knows.
   */
  async drop(partition: ExpiredPartition): Promise<number> {
    const { name, state } = partition;
    if (state === 'pending')
      await this.#withinBound(`alter table chat_messages detach partition ${name} finalize`);
    if (state === 'attached') await this.#detachUnlessRefused(name);
    const messages = await this.countMessages(partition);
    await this.#database.transaction(async (transaction) => {
      await transaction.query(`set local lock_timeout = ${dropLockTimeoutMs}`);
      await transaction.query(`drop table ${name}`);
    });
    return messages;
  }

  /** Where CONCURRENTLY is not to be had, the drop itself has to get the parent's lock, within its short bound. */
  async #detachUnlessRefused(name: string): Promise<void> {
    try {
      await this.#withinBound(`alter table chat_messages detach partition ${name} concurrently`);
    } catch (error) {
      if (!isConcurrentlyRefused(error)) throw error;
    }
  }

  /** Outside any transaction, for CONCURRENTLY runs several of its own; `statement_timeout` spans them all. */
  async #withinBound(statement: string): Promise<void> {
    await this.#database.withConnection(async (connection) => {
      await connection.query(`set statement_timeout = ${this.#detachTimeoutMs}`);
      await connection.query(statement);
      await connection.query(`reset statement_timeout`);
    });
  }
}

/** 55000: there is a default partition; 0A000: an extension that has taken the table over, such as Citus. */
function isConcurrentlyRefused(error: unknown): boolean {
  return ['55000', '0A000'].includes(sqlStateOf(error) ?? '');
}

/** SQL: a moment out of `FOR VALUES FROM ('…') TO ('…')`; null without. */
const bound = (word: 'FROM' | 'TO') =>
  `substring(pg_get_expr(partition.relpartbound, partition.oid) from '${word} \\(''([^'']+)''\\)')::timestamptz`;

/**
 * An attached partition is judged by its bound, which PostgreSQL itself holds its rows to; a detached table has only
 * its name. Names of equal length compare as their days do.
 */
const listExpired = `
  select partition.oid::regclass::text as name,
         case when link.inhrelid is null then 'detached'
              when link.inhdetachpending then 'pending'
              else 'attached' end as state,
         ${bound('FROM')} as "from"
  from pg_class as parent
  join pg_class as partition on partition.relnamespace = parent.relnamespace and partition.relkind = 'r'
  left join pg_inherits as link on link.inhrelid = partition.oid and link.inhparent = parent.oid
  where parent.oid = 'chat_messages'::regclass
    and case when link.inhrelid is not null
             then ${bound('TO')} <= $1::timestamptz
             else not partition.relispartition
                  and partition.relname ~ '^chat_messages_p[0-9]{8}$'
                  and partition.relname < 'chat_messages_p' || to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')
        end
  order by case when link.inhdetachpending then 0 when link.inhrelid is null then 1 else 2 end,
           ${bound('FROM')}, partition.relname`;
