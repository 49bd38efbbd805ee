import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { idempotencyKey } from '@chat-history/http-contract';
import type { Request } from 'express';
import { InvalidInputError } from './input.errors.js';

const header = 'Idempotency-Key';

/** A handler's parameter: the request's `Idempotency-Key`, or undefined. A bad one is bad input and names the header. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const result = idempotencyKey
    .optional()
    .safeParse(context.switchToHttp().getRequest<Request>().get(header));
  if (result.success) return result.data;
  throw new InvalidInputError(result.error.issues.map(({ message }) => ({ field: header, message })));
});
