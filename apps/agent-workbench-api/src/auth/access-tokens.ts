import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Agent } from '@chat-history/message-store';

export interface TokenSettings {
  /** At least 32 bytes. */
  readonly secret: string;
  readonly lifetimeS: number;
}

/** What a token must say, and how it must be signed: pinned, so that no token chooses for itself. */
export const tokenTerms = {
  algorithm: 'HS256',
  issuer: 'agent-workbench-api',
  audience: 'agent-workbench',
} as const;

/** Issues the tokens that AccessTokenStrategy reads. A token says who its owner is, never what they may do. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    readonly settings: TokenSettings,
  ) {}

  issue(agent: Agent): Promise<string> {
    const { secret, lifetimeS } = this.settings;
    return this.jwt.signAsync({ sub: agent.id }, { ...tokenTerms, secret, expiresIn: lifetimeS });
  }
}
