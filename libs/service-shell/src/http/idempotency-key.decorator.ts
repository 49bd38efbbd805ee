import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { idempotencyKey } from '@chat-history/http-contract';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
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

/** Documents the header of a route that has it. @param description what a repeat does there. */
export function ApiIdempotencyKey(description: string): MethodDecorator & ClassDecorator {
  const { type, pattern } = z.toJSONSchema(idempotencyKey) as { type: 'string'; pattern: string };
  return ApiHeader({ name: header, required: false, description, schema: { type, pattern } });
}
