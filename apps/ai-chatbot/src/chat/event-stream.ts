import type { Response } from 'express';

/** Proxies close a connection on which nothing moves, often after 60 s or less. */
const commentIntervalMs = 15_000;

/** Server-sent events as an answer. When the client has left, what is sent goes nowhere. */
export class EventStream {
  private readonly comments: NodeJS.Timeout;

  constructor(private readonly response: Response) {
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
    if (!this.response.destroyed) this.response.write(text);
  }
}
