import { Injectable } from '@nestjs/common';
import { MessageWriter } from './message-writer.js';
import type { WriterState } from './writer-state.js';
import { Counter, Gauge, Registry } from 'prom-client';

const gauges = {
  bufferedMessages: [
    'chat_history_buffered_messages',
    'Messages in memory that neither the database nor the spool has',
  ],
  bufferedBytes: ['chat_history_buffered_bytes', 'Bytes of those messages'],
  spooledMessages: ['chat_history_spooled_messages', 'Messages in the spool, to be replayed'],
  spoolBytes: ['chat_history_spool_bytes', 'Bytes of those messages'],
  databaseIsUp: ['chat_history_database_up', '1 when the last batch reached the database, 0 when it did not'],
  spoolIsUsable: ['chat_history_spool_usable', '1 when the spool takes messages, 0 when it does not'],
} as const;

const counters = {
  acceptedTotal: ['chat_history_accepted_total', 'Messages taken'],
  committedTotal: [
    'chat_history_committed_total',
    'Messages the database has confirmed without the way through the spool',
  ],
  spooledTotal: ['chat_history_spooled_total', 'Messages that went to the spool'],
  replayedTotal: ['chat_history_replayed_total', 'Messages the database took from the spool'],
  expiredTotal: [
    'chat_history_expired_total',
    'Messages in the spool that were past their retention before they could be stored',
  ],
  undurableTotal: [
    'chat_history_undurable_total',
    'Messages that neither the database nor the spool took in time',
  ],
  unreadableSpoolsTotal: [
    'chat_history_unreadable_spools_total',
    'Files of the spool that could not be read and were kept under another name',
  ],
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
  }
}
