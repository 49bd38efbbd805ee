import { Injectable } from '@nestjs/common';
import { MessageWriter, type WriterState } from './message-writer.js';
import { Counter, Gauge, Registry } from 'prom-client';

const gauges = {
  bufferedMessages: [
    'chat_history_buffered_messages',
    'Messages in memory that the database has not confirmed',
  ],
  bufferedBytes: ['chat_history_buffered_bytes', 'Bytes of those messages'],
} as const;

const counters = {
  acceptedTotal: ['chat_history_accepted_total', 'Messages taken'],
  committedTotal: ['chat_history_committed_total', 'Messages the database has confirmed'],
  setAsideTotal: [
    'chat_history_set_aside_total',
    'Messages kept in a file because the database refused them',
  ],
  lostTotal: ['chat_history_lost_total', 'Messages kept nowhere'],
  retriesTotal: ['chat_history_retries_total', 'Batches that failed and were tried again'],
} as const;

/** Shows the state of the message writer in /metrics. For the providers of a service that writes and has a Registry. */
@Injectable()
export class WriterMetrics {
  constructor(writer: MessageWriter, registry: Registry) {
    const registers = [registry];
    for (const [figure, [name, help]] of Object.entries(gauges)) {
      const collect = function (this: Gauge) {
        this.set(Number(writer.state()[figure as keyof WriterState]));
      };
      new Gauge({ name, help, registers, collect });
    }
    for (const [figure, [name, help]] of Object.entries(counters)) {
      const collect = function (this: Counter) {
        this.reset();
        this.inc(Number(writer.state()[figure as keyof WriterState]));
      };
      new Counter({ name, help, registers, collect });
    }
    new Gauge({
      name: 'chat_history_database_up',
      help: '1 when the last batch reached the database, 0 when it did not',
      registers,
      collect() {
        this.set(writer.state().databaseIsUp ? 1 : 0);
      },
    });
  }
}
