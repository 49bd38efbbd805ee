import { setTimeout as delay } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';

/** How an event stream goes wrong, or slowly; events are counted from 0. */
export interface StreamBehaviour {
  /** Destroys the socket after so many events. */
  readonly cutAfterEvents?: number;
  /** Says nothing more, and keeps the socket, after so many events. */
  readonly stallAfterEvents?: number;
  /** Waits for `resume()` after so many events. */
  readonly pauseAfterEvents?: number;
  /** Sends something that is no JSON in place of this event. */
  readonly malformedEvent?: number;
  /** Sends the stream byte by byte, so that characters are split. */
  readonly byteByByte?: boolean;
  /** Waits so long, in milliseconds, before each piece of the answer. */
  readonly pieceDelayMs?: number;
  readonly contentType?: string;
}

/** One event of a stream, as it is sent. */
export interface StreamEvent {
  /** Of the line `event:`, which is left out when there is none. */
  readonly name?: string;
  readonly data: string;
  /** Whether it is a piece of the answer. */
  readonly isPiece?: boolean;
}

/**
 * Sends the events as `behaviour` says.
 * @returns whether all went out; `false` after a cut or a stall, or when the client has left.
 */
export async function sendEvents(
  response: ServerResponse,
  events: readonly StreamEvent[],
  behaviour: StreamBehaviour,
  resumed: () => Promise<void>,
): Promise<boolean> {
  const { cutAfterEvents, stallAfterEvents, pauseAfterEvents, malformedEvent, pieceDelayMs = 0 } = behaviour;
  const { contentType = 'text/event-stream; charset=utf-8' } = behaviour;
  response.writeHead(200, { 'Content-Type': contentType }).flushHeaders();
  for (const [at, { name, data, isPiece }] of events.entries()) {
    if (at === stallAfterEvents) return false;
    if (at === pauseAfterEvents) await resumed();
    if (at === cutAfterEvents) {
      response.destroy();
      return false;
    }
    if (isPiece && pieceDelayMs > 0) await delay(pieceDelayMs);
    const lines = `${name === undefined ? '' : `event:${name}\n`}data:${at === malformedEvent ? '{"content": "half' : data}\n\n`;
    const bytes = Buffer.from(lines);
    for (const part of behaviour.byteByByte ? bytesOf(bytes) : [bytes]) {
      if (response.destroyed) return false;
      // Each part is a packet of its own, and has gone out when a cut follows.
      await new Promise((sent) => response.write(part, sent));
    }
  }
  response.end();
  return true;
}

function bytesOf(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
}
