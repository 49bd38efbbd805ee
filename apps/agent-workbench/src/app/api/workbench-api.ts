import { HttpClient, HttpContext, type HttpResourceRequest, type HttpResponse } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import {
  type AgentMessageRequest,
  type ChatMessage,
  type ExportJob,
  type ExportJobRequest,
  type LoginRequest,
  type LoginResponse,
  type Me,
  type MessageFilter,
  type SearchOrder,
} from '@chat-history/http-contract';
import { type Observable } from 'rxjs';
import { signingIn } from './signing-in';

/** Absolute and not below the page's `/workbench/`: the gateway maps it to the API's `/api`. */
const base = '/workbench-api';

/** Sessions, messages and hits on one page. */
const pageLimit = 50;

/** An export takes more room than those. */
const exportsOnAPage = 20;

/** The API itself gives up after 5 s; who waits longer waits for a network that is gone. */
const answerTimeoutMs = 15_000;

/** A file of 100,000 rows takes a while; a download that hangs still ends. */
const exportTimeoutMs = 15 * 60_000;

/** A slice of a file over a slow line. */
const sliceTimeoutMs = 2 * 60_000;

/** A half-open range of instants, ISO 8601 UTC; an end left out is open. */
export interface TimeBounds {
  readonly from?: string;
  readonly to?: string;
}

/** Where a transcript page begins: around a message, at the latest end, or where a cursor points. */
export type TranscriptStart = { readonly around: string } | { readonly cursor: string };

/** What is to be exported and how; the times in it are those of `time_zone`. */
export type ExportWish = MessageFilter & Pick<ExportJobRequest, 'format' | 'time_zone'>;

type Query = Readonly<Record<string, string | number | undefined>>;

/** The only file that knows the API's addresses. Reads are requests for `httpResource`, the rest calls. */
@Injectable({ providedIn: 'root' })
export class WorkbenchApi {
  private readonly http = inject(HttpClient);

  logIn(request: LoginRequest): Observable<LoginResponse> {
    return this.http.post<LoginResponse>(`${base}/auth/login`, request, {
      context: new HttpContext().set(signingIn, true),
      timeout: answerTimeoutMs,
    });
  }

  /** Whose a token is that is not the page's yet. */
  ownerOf(token: string): Observable<Me> {
    return this.http.get<Me>(`${base}/auth/me`, {
      headers: { Authorization: `Bearer ${token}` },
      context: new HttpContext().set(signingIn, true),
      timeout: answerTimeoutMs,
    });
  }

  me(): HttpResourceRequest {
    return read('/auth/me');
  }

  sessions(bounds: TimeBounds, cursor: string | undefined): HttpResourceRequest {
    return read('/history/sessions', { ...bounds, cursor, limit: pageLimit });
  }

  transcript(sessionName: string, start: TranscriptStart): HttpResourceRequest {
    return read(`/history/sessions/${encodeURIComponent(sessionName)}`, { ...start, limit: pageLimit });
  }

  /** The first page comes with how many messages match. */
  search(query: MessageFilter & { order: SearchOrder }, cursor: string | undefined): HttpResourceRequest {
    const place = cursor === undefined ? { count: 'true' } : { cursor };
    return read('/history/search', { ...query, ...place, limit: pageLimit });
  }

  /** @param key sent again with the same answer within 24 hours, it is stored once. */
  answer(sessionName: string, request: AgentMessageRequest, key: string): Observable<ChatMessage> {
    return this.http.post<ChatMessage>(
      `${base}/sessions/${encodeURIComponent(sessionName)}/messages`,
      request,
      {
        headers: { 'Idempotency-Key': key },
        timeout: answerTimeoutMs,
      },
    );
  }

  /** The file at once; 409 when there are too many rows for that. */
  streamExport(wish: ExportWish): Observable<HttpResponse<Blob>> {
    return this.http.get(`${base}/history/export`, {
      params: present(wish),
      responseType: 'blob',
      observe: 'response',
      timeout: exportTimeoutMs,
    });
  }

  requestExport(wish: ExportWish): Observable<ExportJob> {
    return this.http.post<ExportJob>(`${base}/history/exports`, wish, { timeout: answerTimeoutMs });
  }

  /** Latest first: those the reader may see. */
  exports(cursor: string | undefined): HttpResourceRequest {
    return read('/history/exports', { cursor, limit: exportsOnAPage });
  }

  /** Cancels an export that is not done yet; of one that is, deletes the file. */
  endExport(id: string): Observable<unknown> {
    return this.http.delete(exportUrl(id), { timeout: answerTimeoutMs });
  }

  /** @param range which bytes of the file, `to` included; the server may answer with more of it, whole and with 200. */
  exportFile(
    id: string,
    range: { readonly from: number; readonly to: number },
  ): Observable<HttpResponse<Blob>> {
    return this.http.get(`${exportUrl(id)}/file`, {
      headers: { Range: `bytes=${range.from}-${range.to}` },
      responseType: 'blob',
      observe: 'response',
      timeout: sliceTimeoutMs,
    });
  }
}

function exportUrl(id: string): string {
  return `${base}/history/exports/${encodeURIComponent(id)}`;
}

function read(path: string, query: Query = {}): HttpResourceRequest {
  return { url: base + path, params: present(query), timeout: answerTimeoutMs };
}

/** Drops what is not set: `HttpParams` would send the word "undefined". */
function present(query: Query): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}
