import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'express';

/** What nginx calls a request whose client closed the connection before it was answered. Nobody receives it. */
export const clientGoneStatus = 499;

/** A handler's parameter: aborted when the client goes away before its answer is finished. */
export const ClientGone = createParamDecorator((_data: unknown, context: ExecutionContext): AbortSignal => {
  const response = context.switchToHttp().getResponse<Response>();
  const gone = new AbortController();
  const look = () => {
    if (!response.writableFinished) gone.abort();
  };
  // A client may be gone before its guards and pipes were done.
  if (response.closed) look();
  else response.once('close', look);
  return gone.signal;
});

/** The status of an answer that is over, for logs and metrics: who left unanswered is told from who was answered. */
export function finalStatusOf(response: Response): number {
  return response.headersSent ? response.statusCode : clientGoneStatus;
}
