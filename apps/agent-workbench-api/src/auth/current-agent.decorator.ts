import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Agent } from '@chat-history/message-store';
import type { Request } from 'express';

/** The account that asks, as AccessGuard found it. */
export const CurrentAgent = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request>().user as Agent,
);
