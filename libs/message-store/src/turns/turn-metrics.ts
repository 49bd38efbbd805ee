import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { TurnLedger } from './turn-ledger.js';

/** Shows the state of the turn ledger in /metrics. For the providers of a service that has turns and a Registry. */
@Injectable()
export class TurnMetrics {
  constructor(ledger: TurnLedger, registry: Registry) {
    const registers = [registry];
    new Gauge({
      name: 'chat_history_turns_answering',
      help: '1 when the database answers what turns ask, 0 when they go on without',
      registers,
      collect() {
        this.set(ledger.state().isAnswering ? 1 : 0);
      },
    });
    new Counter({
      name: 'chat_history_turns_unanswered_total',
      help: 'Turns that began without an answer from the database: ordered within one process only',
      registers,
      collect() {
        this.reset();
        this.inc(ledger.state().unansweredTotal);
      },
    });
  }
}
