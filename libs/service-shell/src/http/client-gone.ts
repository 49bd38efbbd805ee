import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

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

/** So that logs and metrics tell a client that left unanswered from one that was answered; mounted ahead of them. */
export function noteClientGone(_request: Request, response: Response, next: NextFunction): void {
  response.once('close', () => {
    if (!response.headersSent) response.statusCode = clientGoneStatus;
  });
  next();
}
