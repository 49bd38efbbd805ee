import type { ExpiredQuarters } from '../statistics/expired-quarters.js';
import type { ExpiredPartitions } from './expired-partitions.js';
import type { ExpiredRows } from './expired-rows.js';
import type { ExpiredTurns } from './expired-turns.js';
import { reasonToPostpone } from './reason-to-postpone.js';
import type { RetentionFigures } from './retention-figures.js';
import type { SessionRecount } from './session-recount.js';
import type { TableUpkeep } from './table-upkeep.js';

/**
 * Deletes every message that was created before a cutoff, and nothing else: whole days by dropping their partitions,
 * the rest of the cutoff's own day in batches; then clears away what statistics kept of that time, counts the sessions
 * again that lost messages, and clears away what turns left behind. It may be cut after any step, or killed in one: the
 * next run goes on from what it finds.
 */
export class ExpiredMessages {
  readonly #partitions: ExpiredPartitions;
  readonly #rows: ExpiredRows;
  readonly #sessions: SessionRecount;
  readonly #quarters: ExpiredQuarters;
  readonly #turns: ExpiredTurns;
  readonly #upkeep: TableUpkeep;

  constructor(
    partitions: ExpiredPartitions,
    rows: ExpiredRows,
    sessions: SessionRecount,
    quarters: ExpiredQuarters,
    turns: ExpiredTurns,
    upkeep: TableUpkeep,
  ) {
    this.#partitions = partitions;
    this.#rows = rows;
    this.#sessions = sessions;
    this.#quarters = quarters;
    this.#turns = turns;
    this.#upkeep = upkeep;
  }

  /** What `delete` would delete now. Changes nothing. */
  async count(cutoff: Date): Promise<RetentionFigures> {
    const partitions = await this.#partitions.list(cutoff);
    let messagesDeleted = await this.#rows.count(cutoff);
    for (const partition of partitions) messagesDeleted += await this.#partitions.countMessages(partition);
    return {
      partitionsDropped: partitions.map((partition) => partition.name),
      messagesDeleted,
      sessionsDeleted: await this.#sessions.countExpired(cutoff),
      postponed: [],
    };
  }

  /**
   * Goes step by step, at the pace of who iterates; each step is done when it is yielded, with what it deleted or had
   * to postpone. Where a day had to wait, nothing later than its beginning is deleted: rows of sessions and statistics
   * have one moment from which they tell of every message, and would be untrue, were the retention lengthened now.
   * @throws StoreUnavailableError PostgreSQL went away; what was yielded stays done.
   */
  async *delete(cutoff: Date): AsyncGenerator<Partial<RetentionFigures>> {
    yield* postponable('partitions ahead', () => this.#upkeep.makePartitionsAhead());
    await this.#quarters.markDoubtful(cutoff);
    yield* this.#dropPartitions(cutoff);
    const until = await this.#partitions.emptyUntil(cutoff);
    for await (const messagesDeleted of this.#rows.delete(until)) yield { messagesDeleted };
    await this.#quarters.delete(until);
    yield {};
    for await (const sessionsDeleted of this.#sessions.run(until)) yield { sessionsDeleted };
    yield* this.#turns.delete();
    yield* postponable('analyze', () => this.#upkeep.analyze());
  }

  /** Once one had to wait the others are not tried: they would wait for the same transaction, each for its bound. */
  async *#dropPartitions(cutoff: Date): AsyncGenerator<Partial<RetentionFigures>> {
    let oneHadToWait = false;
    for (const partition of await this.#partitions.list(cutoff)) {
      const { name } = partition;
      if (oneHadToWait) {
        yield { postponed: [`${name}: not tried, because an earlier one had to wait`] };
        continue;
      }
      try {
        const messagesDeleted = await this.#partitions.drop(partition);
        yield { partitionsDropped: [name], messagesDeleted };
      } catch (error) {
        const reason = reasonToPostpone(error);
        if (reason === undefined) throw error;
        oneHadToWait = true;
        yield { postponed: [`${name}: ${reason}`] };
      }
    }
  }
}

async function* postponable(
  what: string,
  step: () => Promise<void>,
): AsyncGenerator<Partial<RetentionFigures>> {
  try {
    await step();
    yield {};
  } catch (error) {
    const reason = reasonToPostpone(error);
    if (reason === undefined) throw error;
    yield { postponed: [`${what}: ${reason}`] };
  }
}
