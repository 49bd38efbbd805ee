import type { Response } from 'express';

/** Proxies close a connection on which nothing moves, often after 60 s or less. */
const commentIntervalMs = 15_000;

/**
 * How much may wait for a client to read it; the longest answer is not much longer. Without a bound, clients that never
 * read would fill the memory.
 */
const maxUnreadBytes = 1_048_576;

/**
 * Server-sent events as an answer. When the client has left, what is sent goes nowhere; a client that leaves more than
 * 1 MiB unread is taken for one that has left: its connection is cut, and the log says so.
 */
export class EventStream {
  private readonly comments: NodeJS.Timeout;

  constructor(
    private readonly response: Response,
    private readonly log: { info(message: string): void },
  ) {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // nginx would collect the answer otherwise.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    this.comments = setInterval(() => this.write(': still here\n\n'), commentIntervalMs);
    response.once('close', () => clearInterval(this.comments));
  }

  /** JSON has no line breaks of its own, so one `data:` line holds it. */
  send(event: string, data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    clearInterval(this.comments);
    this.response.end();
  }

  private write(text: string): void {
    if (this.response.destroyed) return;
    // Before it is written, or one large event would cut off a client that reads well.
    if (this.response.writableLength > maxUnreadBytes) {
      this.log.info('a client did not read its event stream and was cut off');
      this.response.destroy();
      return;
    }
    this.response.write(text);
  }
}
