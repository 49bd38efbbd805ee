import { setTimeout as delay } from 'node:timers/promises';
import { exportJob, type ExportJob } from '@chat-history/http-contract';
import type { AgentRole } from '@chat-history/message-store';
import type { Workbench } from './workbench.js';

/** Follows an export job as a client does, also while the database is slow, until it has ended. */
export async function endedJob(workbench: Workbench, id: string, account: AgentRole): Promise<ExportJob> {
  for (;;) {
    const { status, body } = await workbench.get(`/api/history/exports/${id}`, account);
    if (status !== 503) {
      expect(status).toBe(200);
      const job = exportJob.parse(body);
      if (job.status !== 'queued' && job.status !== 'running') return job;
    }
    await delay(20);
  }
}
