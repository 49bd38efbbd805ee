import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { isPublic } from '@chat-history/service-shell';
import type { Request } from 'express';
import { InvalidTokenError, MissingCredentialsError } from './auth.errors.js';

/** Lets nobody pass without a valid token of an account, but to what is `@Public()`. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  /** @throws MissingCredentialsError InvalidTokenError StoreUnavailableError */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isPublic(this.reflector, context)) return true;
    const { headers } = context.switchToHttp().getRequest<Request>();
    if (!headers.authorization) throw new MissingCredentialsError('no credentials');
    return (await super.canActivate(context)) as boolean;
  }

  /** Called by passport's guard with what the strategy found. */
  override handleRequest<Agent>(error: unknown, agent: Agent | false | undefined): Agent {
    if (error) throw error;
    if (!agent) throw new InvalidTokenError('no account has this token');
    return agent;
  }
}
