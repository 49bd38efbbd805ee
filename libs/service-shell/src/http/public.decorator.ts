import { SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

const publicKey = 'chat-history:public';

/** A route, or all of a controller, that an app's guards let pass without credentials. */
export const Public = () => SetMetadata(publicKey, true);

/** For guards: whether the route at hand is `@Public()`. */
export function isPublic(reflector: Reflector, context: ExecutionContext): boolean {
  return (
    reflector.getAllAndOverride<boolean | undefined>(publicKey, [
      context.getHandler(),
      context.getClass(),
    ]) === true
  );
}
