import { setTimeout as delay } from 'node:timers/promises';
import { sqlStateOf } from '../database.js';
import type { Message } from '../message.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { isOutage } from '../store-fault.js';
import type { BatchWriter, RefusedRow } from '../write/batch-writer.js';
import { takenUntil } from '../write/partition-maker.js';
import { bytesOf } from '../write/pending-message.js';
import { retryDelayMs } from '../write/retry-delay.js';
import { maxBatch } from '../write/write-buffer.js';
import { maxAttempts } from './import.options.js';
import { digestOf, type KeptMessages } from './kept-messages.js';
import { idsOfSource } from './source-message-id.js';

/** Something that carries a message to be imported: one whose id and time are made, and whose texts are storable. */
interface ImportRow {
  readonly message: Message;
}

/** What became of a batch: each of its rows is in one of the counts, or in `refused`. */
export interface ImportedBatch<Row> {
  readonly inserted: number;
  /** Kept before: nothing was changed. */
  readonly alreadyThere: number;
  /** Left out: past their retention. */
  readonly expired: number;
  /** Left out: later than the store takes, which is to the end of the second day from now in UTC. */
  readonly future: number;
  /** Rows that can never be taken, each with a reason that shows nothing of what it says. */
  readonly refused: readonly { readonly row: Row; readonly reason: string }[];
  readonly last: Row;
}

interface ImportOptions {
  /** Looks and counts, and writes nothing. */
  readonly dryRun: boolean;
  /** Ends the waiting for a database that is away. */
  readonly stop: AbortSignal;
}

/** Reported, as its text would be lost: a table that was put together of two may have two messages with one number. */
const saysOtherwise = 'a message with its session, time and id is there, with another role or content';

/** A batch is written to its end: what stops an import is that no further rows come. */
const never = new AbortController().signal;

/**
 * Takes messages that have their ids and times already, in batches as large as the writer's and by its statement. What
 * is there stays as it is and is counted nowhere again, so an import may end anywhere and be begun anew. Two that
 * import the same rows at the same time insert them once, but both may count them.
 */
export class MessageImport {
  readonly #kept: KeptMessages;
  readonly #batches: BatchWriter;
  readonly #clock: RetentionClock;

  constructor(kept: KeptMessages, batches: BatchWriter, clock: RetentionClock) {
    this.#kept = kept;
    this.#batches = batches;
    this.#clock = clock;
  }

  /**
   * The next rows are asked for when a batch is in the database.
   * @throws StoreUnavailableError after some 40 s without the database; whatever else no row is guilty of.
   */
  async *run<Row extends ImportRow>(
    rows: AsyncIterable<Row>,
    options: ImportOptions,
  ): AsyncGenerator<ImportedBatch<Row>> {
    for await (const { batch, last } of batchesOf(rows))
      yield { ...(await this.#take(batch, options)), last };
  }

  async #take<Row extends ImportRow>(
    batch: readonly Row[],
    options: ImportOptions,
  ): Promise<Omit<ImportedBatch<Row>, 'last'>> {
    // Moments: as texts, the days of a year with more than four digits come before all others.
    const tooLate = takenUntil(this.#clock.now());
    const future = batch.filter(({ message }) => message.createdAt >= tooLate);
    const expired = batch.filter((row) => this.#isExpired(row));
    const apart = new Set([...future, ...expired]);
    const { missing, differing } = await this.#compare(
      batch.filter((row) => !apart.has(row)),
      options,
    );
    const refused = options.dryRun ? [] : await this.#write(missing, options);
    // Past its retention since it was looked at, it finds no partition any more.
    const atFault = refused.filter(({ row }) => !this.#isExpired(row));
    return {
      inserted: missing.length - refused.length,
      alreadyThere: batch.length - apart.size - missing.length - differing.length,
      expired: expired.length + refused.length - atFault.length,
      future: future.length,
      refused: [
        ...differing.map((row) => ({ row, reason: saysOtherwise })),
        ...atFault.map(({ row, error }) => ({
          row,
          reason: `the database refuses it (SQLSTATE ${sqlStateOf(error) ?? 'unknown'})`,
        })),
      ],
    };
  }

  #isExpired({ message }: ImportRow): boolean {
    return message.createdAt < this.#clock.cutoff();
  }

  /** Each once: those that are neither in the store nor earlier in the batch; and those that differ from what is there. */
  async #compare<Row extends ImportRow>(rows: readonly Row[], options: ImportOptions) {
    const missing = new Map<string, Row>();
    const differing: Row[] = [];
    if (rows.length === 0) return { missing: [], differing };
    const kept = await retried(() => this.#kept.find(rows.map(({ message }) => message)), options.stop);
    for (const [place, row] of rows.entries()) {
      const key = keyOf(row);
      const earlier = missing.get(key);
      const there = kept.get(place) ?? (earlier && digestOf(earlier.message));
      if (there === undefined) missing.set(key, row);
      else if (there !== digestOf(row.message)) differing.push(row);
    }
    return { missing: [...missing.values()], differing };
  }

  async #write<Row extends ImportRow>(
    rows: readonly Row[],
    options: ImportOptions,
  ): Promise<RefusedRow<Row>[]> {
    const refused: RefusedRow<Row>[] = [];
    let left = rows;
    await retried(async () => {
      if (left.length === 0) return;
      const outcome = await this.#batches.write(left, never);
      refused.push(...outcome.refused);
      const done = new Set([...outcome.written, ...outcome.refused.map(({ row }) => row)]);
      left = left.filter((row) => !done.has(row));
      if (outcome.interruptedBy) throw outcome.interruptedBy;
    }, options.stop);
    return refused;
  }
}

/** At most so many rows and bytes, at least one row. */
async function* batchesOf<Row extends ImportRow>(rows: AsyncIterable<Row>) {
  let batch: Row[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const rowBytes = bytesOf(row.message);
    const last = batch.at(-1);
    if (last && (batch.length >= maxBatch.maxMessages || bytes + rowBytes > maxBatch.maxBytes)) {
      yield { batch, last };
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += rowBytes;
  }
  const last = batch.at(-1);
  if (last) yield { batch, last };
}

function keyOf({ message: { sessionName, createdAt, id } }: ImportRow): string {
  return `${createdAt.getTime()} ${idsOfSource(id).least} ${sessionName}`;
}

/** Does again what another time may cure. */
async function retried<Result>(work: () => Promise<Result>, stop: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === maxAttempts || stop.aborted || !isCuredByTime(error)) throw error;
      // Stopped: it is tried once more, and then no more.
      await delay(retryDelayMs(attempt), undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

/**
 * The database is away or slow, or refuses for now: not what it lacks or denies (class 42), nor what it cannot read
 * (class 22), and no error but its own.
 */
function isCuredByTime(error: unknown): boolean {
  if (isOutage(error)) return true;
  // That transactions keep colliding is an error whose cause is the database's.
  const state = sqlStateOf(error) ?? (error instanceof Error ? sqlStateOf(error.cause) : undefined);
  return state !== undefined && !/^(22|42)/.test(state);
}
