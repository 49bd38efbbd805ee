import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import type { Logger } from 'pino';

/** Requests a machine repeats all day; they are logged at `debug`. */
const routine = /^\/(health|metrics)(\/|$)/;

/** How requests are logged: id, method, path without its query, status and duration. Never headers or bodies. */
export function requestLog(logger: Logger): Params {
  return {
    pinoHttp: {
      logger,
      serializers: {
        req: (request: { id: unknown; method: string; url: string; remoteAddress?: string }) => ({
          id: request.id,
          method: request.method,
          path: pathOf(request.url),
          address: request.remoteAddress,
        }),
        res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      },
      customLogLevel: (request: IncomingMessage, response: ServerResponse) =>
        response.statusCode >= 500 ? 'warn' : routine.test(pathOf(request)) ? 'debug' : 'info',
      // The problem filter logs the error itself; pino-http would add one of its own making, with a stack.
      customErrorObject: (_request, _response, _error, fields: { res: unknown; responseTime: number }) => ({
        res: fields.res,
        responseTime: fields.responseTime,
      }),
      customErrorMessage: () => 'request failed',
    },
  };
}

function pathOf(from: string | IncomingMessage): string {
  const url =
    typeof from === 'string' ? from : ((from as { originalUrl?: string }).originalUrl ?? from.url ?? '/');
  return url.split('?', 1)[0] ?? '/';
}
