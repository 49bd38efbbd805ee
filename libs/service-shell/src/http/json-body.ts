import { json, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { InvalidInputError, UnsupportedBodyError } from './input.errors.js';

/**
 * Enough for a message of 32,000 UTF-16 code units however it is written: a `\u` escape takes 6 bytes a unit, which
 * makes 192,000, and the rest is for the other fields.
 */
export const maxBodyBytes = 256 * 1024;

/** Parses a JSON body of at most `maxBodyBytes`; the parser's own messages quote the body and go no further. */
export function jsonBody(): RequestHandler {
  const parse = json({ limit: maxBodyBytes });
  return (request: Request, response: Response, next: NextFunction) => {
    // `is` answers false for a body of another type, also for an empty one.
    if (request.get('content-length') !== '0' && request.is('application/json') === false) {
      next(new UnsupportedBodyError('the body must be application/json'));
      return;
    }
    parse(request, response, (error?: unknown) => next(error === undefined ? undefined : named(error)));
  };
}

function named(error: unknown): unknown {
  switch ((error as { type?: unknown } | null)?.type) {
    case 'entity.parse.failed':
      return new InvalidInputError([{ field: 'body', message: 'must be valid JSON' }]);
    case 'entity.too.large':
      // A fault of the input like any other, so 400 and the field's name rather than 413.
      return new InvalidInputError([{ field: 'body', message: `must have at most ${maxBodyBytes} bytes` }]);
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new UnsupportedBodyError('the charset or encoding of the body is not supported');
    default:
      return error;
  }
}
