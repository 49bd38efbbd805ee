import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** What an id from outside may be; anything else could forge log lines or headers. */
const sane = /^[\w.:-]{1,64}$/;

/** Gives the request its id, the caller's `X-Request-Id` if that is sane, and says it in the answer. */
export function assignRequestId(
  request: Request & { id?: unknown },
  response: Response,
  next: NextFunction,
): void {
  const given = request.get('x-request-id');
  request.id = given !== undefined && sane.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', String(request.id));
  next();
}
