import {
  type ChatMessage,
  type ExportJob,
  type ExportJobRequest,
  type ExportQuery,
  type Me,
  exportJobListQuery,
  exportJobRequest,
  exportQuery,
} from '@chat-history/http-contract';
import { type FakeResponse, isMeant, json, page, problem } from './fake-answers';

/** The exports of the workbench API in memory. A job stays as it is until a spec moves it on. */
export class FakeExports {
  /** Latest first. */
  jobs: ExportJob[] = [];
  /** More rows than these are not streamed. */
  mostStreamed = 100_000;
  /** So many requests for a file's later slices are answered 502. */
  lostSlices = 0;
  private readonly files = new Map<string, Buffer>();
  private made = 0;

  constructor(
    private readonly messages: () => readonly ChatMessage[],
    private readonly now: () => Date,
    private readonly nameOf: (agentId: string) => string | undefined,
  ) {}

  /** A job as somebody asked for it, waiting. */
  add(requestedBy: string, request: Partial<ExportJobRequest> = {}): ExportJob {
    const { format, order, time_zone, gzip, ...filter } = exportJobRequest.parse(request);
    this.made += 1;
    const job: ExportJob = {
      id: `00000000-0000-7000-8000-${String(this.made).padStart(12, '0')}`,
      status: 'queued',
      requested_by: requestedBy,
      requested_by_name: this.nameOf(requestedBy) ?? null,
      ...{ filter, format, order, time_zone, gzip },
      rows_done: 0,
      rows_total: null,
      bytes: 0,
      created_at: this.now().toISOString(),
      started_at: null,
      finished_at: null,
      expires_at: null,
      error: null,
      manifest: null,
    };
    this.jobs = [job, ...this.jobs];
    return job;
  }

  change(id: string, change: Partial<ExportJob>): void {
    this.jobs = this.jobs.map((job) => (job.id === id ? { ...job, ...change } : job));
  }

  /** @param attempts over 1 as if a process had died on the way */
  succeed(id: string, attempts = 1): void {
    const job = this.find(id);
    if (!job) throw new Error(`no job ${id}`);
    const { filter, format, order, time_zone, gzip } = job;
    const found = this.messages().filter((one) => isMeant(one, filter));
    const [rows, content] = [found.length, csv(found)];
    const bytes = content.length;
    const at = this.now().toISOString();
    this.files.set(id, content);
    this.change(id, {
      status: 'succeeded',
      rows_done: rows,
      rows_total: rows,
      bytes,
      started_at: job.started_at ?? at,
      finished_at: at,
      expires_at: new Date(this.now().getTime() + 86_400_000).toISOString(),
      manifest: {
        ...{ filter, format, order, time_zone, gzip, rows, bytes, attempts },
        snapshot_at: at,
        sha256: '0123456789abcdef'.repeat(4),
        cut_cells: 0,
        inert_cells: 1_234,
      },
    });
  }

  answer(
    method: string,
    id: string | undefined,
    part: string | undefined,
    given: Given,
    me: Me,
  ): FakeResponse {
    if (!id) return method === 'POST' ? this.create(given.body, me) : this.list(given.query, me);
    const job = this.find(id);
    if (!job || !maySee(me, job)) return problem(404);
    if (part === 'file') return this.file(job, given.range);
    if (method === 'DELETE') return this.end(job);
    return json(200, job);
  }

  stream(raw: unknown, me: Me): FakeResponse {
    const query = exportQuery.safeParse(raw);
    if (!query.success) return problem(400);
    if (isForbidden(query.data, me)) return problem(403);
    const rows = this.messages().filter((one) => isMeant(one, query.data));
    return rows.length > this.mostStreamed ? problem(409) : file(200, csv(rows), query.data.format);
  }

  private create(body: unknown, me: Me): FakeResponse {
    const request = exportJobRequest.safeParse(body);
    if (!request.success) return problem(400);
    if (isForbidden(request.data, me)) return problem(403);
    return json(202, this.add(me.agent_id, request.data));
  }

  private list(raw: unknown, me: Me): FakeResponse {
    const query = exportJobListQuery.safeParse(raw);
    if (!query.success) return problem(400);
    const seen = this.jobs.filter((job) => maySee(me, job));
    return json(200, page(seen, query.data.cursor, query.data.limit));
  }

  private file(job: ExportJob, range: string | null): FakeResponse {
    const whole = this.files.get(job.id);
    if (job.status === 'expired') return problem(410);
    if (job.status !== 'succeeded' || whole === undefined) return problem(409);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    if (from !== undefined && Number(from) > 0 && this.lostSlices > 0) {
      this.lostSlices -= 1;
      return problem(502);
    }
    if (from === undefined || to === undefined) return file(200, whole, job.format);
    return file(206, whole.subarray(Number(from), Number(to) + 1), job.format);
  }

  private end(job: ExportJob): FakeResponse {
    const at = this.now().toISOString();
    if (job.status === 'queued' || job.status === 'running')
      this.change(job.id, { status: 'cancelled', finished_at: at });
    else if (job.status === 'succeeded') this.change(job.id, { status: 'expired', expires_at: at });
    return { status: 204, headers: {}, body: null };
  }

  private find(id: string): ExportJob | undefined {
    return this.jobs.find((job) => job.id === id);
  }
}

interface Given {
  readonly query: unknown;
  readonly body: unknown;
  readonly range: string | null;
}

function isForbidden({ session_name: session }: Pick<ExportQuery, 'session_name'>, me: Me): boolean {
  return session === undefined && me.role === 'agent';
}

function maySee(me: Me, job: ExportJob): boolean {
  return me.role === 'admin' || job.requested_by === me.agent_id;
}

function csv(rows: readonly ChatMessage[]): Buffer {
  const lines = ['session_name,content', ...rows.map((one) => `${one.session_name},"${one.content}"`)];
  return Buffer.from('\ufeff' + lines.join('\r\n'));
}

function file(status: number, body: Buffer, format: string): FakeResponse {
  const ending = format === 'csv-raw' ? 'csv' : format;
  return {
    status,
    headers: {
      'content-type': 'text/csv',
      'content-disposition': `attachment; filename="chat-history-test.${ending}"`,
    },
    body,
  };
}
