import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exportJob, type ExportJob } from '@chat-history/http-contract';
import type { Agents } from '@chat-history/message-store';
import { freePort } from '../../postgres/embedded-postgres.mts';
import { ServiceProcess } from '../../start/service-process.mts';

const run = promisify(execFile);
const lookEveryMs = 100;

export interface ApiOptions {
  readonly databaseUrl: string;
  readonly retentionDays: number;
  /** For its files, its spool and its log. */
  readonly folder: string;
}

/** What a job took of its service. */
export interface MadeExport {
  readonly job: ExportJob;
  readonly ms: number;
  /** The most resident memory that the service had meanwhile. */
  readonly mostMiB: number;
}

/** An agent-workbench-api in a process of its own, and a supervisor who asks it for exports. */
export class WorkbenchApi {
  readonly #service: ServiceProcess;
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #stopping: AbortSignal;

  private constructor(service: ServiceProcess, url: string, token: string, stopping: AbortSignal) {
    this.#service = service;
    this.#url = url;
    this.#headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    this.#stopping = stopping;
  }

  static async start(
    { databaseUrl, retentionDays, folder }: ApiOptions,
    agents: Agents,
    stopping: AbortSignal,
  ): Promise<WorkbenchApi> {
    const login = { username: 'bench', password: randomBytes(18).toString('base64url') };
    await agents.create({ ...login, name: 'Bench', role: 'supervisor' });
    const port = await freePort();
    const environment = {
      DATABASE_URL: databaseUrl,
      CHAT_HISTORY_RETENTION_DAYS: String(retentionDays),
      CHAT_HISTORY_SPOOL_DIR: `${folder}/spool`,
      EXPORT_DIR: `${folder}/exports`,
      AUTH_JWT_SECRET: randomBytes(32).toString('base64url'),
      API_PORT: String(port),
      LOG_LEVEL: 'warn',
    };
    const service = await ServiceProcess.start('agent-workbench-api', port, environment, folder);
    try {
      await service.ready(stopping);
      const url = `http://127.0.0.1:${port}/api`;
      const answer = await fetch(`${url}/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(login),
        signal: stopping,
      });
      if (!answer.ok) throw new Error(`the login was answered with ${answer.status}`);
      const { access_token: token } = (await answer.json()) as { access_token: string };
      return new WorkbenchApi(service, url, token, stopping);
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#service.stop();
  }

  async memoryMiB(): Promise<number> {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(this.#service.pid)]);
    return Number(stdout) / 1_024;
  }

  /**
   * Every message as `csv-raw`, as a job.
   * @param onRows called once, when the first rows are in the file: then its snapshot is taken.
   * @throws Error when it does not succeed.
   */
  async export(onRows: () => void = () => undefined): Promise<MadeExport> {
    const startedAt = performance.now();
    let job = await this.#ask('POST', 'history/exports', { format: 'csv-raw' });
    let [mostMiB, isTold] = [await this.memoryMiB(), false];
    while (job.status === 'queued' || job.status === 'running') {
      await delay(lookEveryMs, undefined, { signal: this.#stopping });
      mostMiB = Math.max(mostMiB, await this.memoryMiB());
      job = await this.#ask('GET', `history/exports/${job.id}`);
      if (isTold || job.rows_done === 0) continue;
      isTold = true;
      onRows();
    }
    if (job.status !== 'succeeded') throw new Error(`the export is ${job.status}: ${job.error}`);
    return { job, ms: performance.now() - startedAt, mostMiB };
  }

  async #ask(method: string, path: string, body?: object): Promise<ExportJob> {
    const answer = await fetch(`${this.#url}/${path}`, {
      method,
      headers: this.#headers,
      ...(body && { body: JSON.stringify(body) }),
      signal: this.#stopping,
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}`);
    return exportJob.parse(await answer.json());
  }
}
