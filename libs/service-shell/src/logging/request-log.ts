import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';
import { finalStatusOf } from '../http/client-gone.js';

/** Requests a machine repeats all day; they are logged at `debug`. */
const routine = /^\/(health|metrics)(\/|$)/;

/** Logs each request once: id, method, path without its query, status and duration. Never headers or bodies. */
export function requestLog(logger: Logger): HttpLogger<Request, Response> {
  return pinoHttp<Request, Response>({
    logger,
    serializers: {
      req: ({ raw: request }: { raw: Request }) => ({
        id: request.id,
        method: request.method,
        path: pathOf(request),
        address: request.ip,
      }),
      res: ({ raw: response }: { raw: Response }) => ({ status: finalStatusOf(response) }),
    },
    customLogLevel: (request, response) =>
      response.statusCode >= 500 ? 'warn' : routine.test(pathOf(request)) ? 'debug' : 'info',
    // The problem filter logs the error itself; pino-http would add one of its own making, with a stack.
    customErrorObject: (_request, _response, _error, fields: { res: unknown; responseTime: number }) => ({
      res: fields.res,
      responseTime: fields.responseTime,
    }),
    customErrorMessage: () => 'request failed',
  });
}

function pathOf(request: Request): string {
  return request.originalUrl.split('?', 1)[0] ?? '/';
}
