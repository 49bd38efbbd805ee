import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { Agents } from '@chat-history/message-store';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokens, type TokenSettings } from './access-tokens.js';
import { AccessGuard } from './access.guard.js';
import { AuthController } from './auth.controller.js';
import { LoginThrottle } from './login-throttle.js';

/** Signing in, and the guard of every route of the service. */
@Module({})
export class AuthModule {
  static with(settings: TokenSettings): DynamicModule {
    return {
      module: AuthModule,
      controllers: [AuthController],
      providers: [
        LoginThrottle,
        { provide: AccessTokens, useFactory: () => new AccessTokens(new JwtService(), settings) },
        {
          provide: AccessTokenStrategy,
          useFactory: (agents: Agents) => new AccessTokenStrategy(settings.secret, agents),
          inject: [Agents],
        },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
    };
  }
}
