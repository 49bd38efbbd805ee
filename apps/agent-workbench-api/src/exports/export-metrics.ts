import { Counter, Gauge, type Registry } from 'prom-client';
import type { RunEnd } from './export-maker.js';

/** What a monitor asks of the export jobs that this process runs. */
export class ExportMetrics {
  private readonly ended: Counter<'end'>;
  private readonly bytes: Counter;

  constructor(registry: Registry, running: () => number) {
    const registers = [registry];
    new Gauge({
      name: 'chat_history_export_jobs_running',
      help: 'Export jobs that this process makes now',
      registers,
      collect() {
        this.set(running());
      },
    });
    this.ended = new Counter({
      name: 'chat_history_export_runs_total',
      help: 'Runs of export jobs by how they ended',
      labelNames: ['end'],
      registers,
    });
    for (const end of ['succeeded', 'failed', 'lost', 'handed_over', 'put_off']) this.ended.inc({ end }, 0);
    this.bytes = new Counter({
      name: 'chat_history_export_bytes_total',
      help: 'Bytes of the files of export jobs that succeeded',
      registers,
    });
  }

  record({ end, bytes }: { readonly end: RunEnd; readonly bytes: number }): void {
    this.ended.inc({ end: end.replace(' ', '_') });
    if (end === 'succeeded') this.bytes.inc(bytes);
  }
}
