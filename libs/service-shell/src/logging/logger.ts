import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';
import { safeError } from './safe-error.js';

/** JSON lines on stdout, or to `destination`. Errors are serialised by `safeError`; credentials are redacted. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      name,
      level,
      base: { pid: process.pid },
      redact: [
        'authorization',
        'cookie',
        'password',
        'token',
        'headers',
        '*.authorization',
        '*.cookie',
        '*.headers',
      ],
      serializers: { ...stdSerializers, err: safeError, error: safeError },
    },
    // pino's own default is synchronous too: no line is lost when the process exits.
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
