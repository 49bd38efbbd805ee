import type { UncountedQuarters } from '@chat-history/message-store';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What a monitor asks of the counting of quarter-hours: statistics are exact without, but slow. */
export class StatisticsMetrics {
  readonly #counted: Counter;
  readonly #failures: Counter;
  readonly #waiting: Gauge;
  readonly #marked: Gauge;
  readonly #oldestAge: Gauge;

  constructor(registry: Registry) {
    const named = (name: string, help: string) => ({
      name: `chat_history_statistics_${name}`,
      help,
      registers: [registry],
    });
    this.#counted = new Counter(
      named('quarters_counted_total', 'Quarter-hours that this worker counted for the statistics'),
    );
    this.#failures = new Counter(
      named('failures_total', 'Quarter-hours that could not be counted, and looks for them that failed'),
    );
    this.#waiting = new Gauge(
      named('quarters_waiting', 'Closed quarter-hours that are to be counted, or counted again'),
    );
    this.#marked = new Gauge(
      named('quarters_marked', 'Quarter-hours that late messages changed since they were counted'),
    );
    this.#oldestAge = new Gauge(
      named(
        'oldest_waiting_seconds',
        'Since when the oldest waiting quarter-hour is over; 0 when none waits',
      ),
    );
    // Not 0, which would say that nothing waits.
    for (const gauge of [this.#waiting, this.#marked, this.#oldestAge]) gauge.set(Number.NaN);
  }

  recordCounted(): void {
    this.#counted.inc();
  }

  recordFailure(): void {
    this.#failures.inc();
  }

  recordWaiting({ waiting, marked, oldest }: UncountedQuarters): void {
    this.#waiting.set(waiting);
    this.#marked.set(marked);
    this.#oldestAge.set(oldest ? Math.max(0, (Date.now() - oldest.getTime()) / 1_000 - 900) : 0);
  }
}
