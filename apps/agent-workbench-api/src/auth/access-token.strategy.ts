import { PassportStrategy } from '@nestjs/passport';
import type { Agent, Agents } from '@chat-history/message-store';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { tokenTerms } from './access-tokens.js';

/** Who a bearer token belongs to, looked up at each request: a disabled account is out at its next one. */
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    secret: string,
    private readonly agents: Agents,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: secret,
      algorithms: [tokenTerms.algorithm],
      issuer: tokenTerms.issuer,
      audience: tokenTerms.audience,
    });
  }

  /** Called for a token whose signature, times, issuer and audience are right. */
  async validate({ sub }: { sub?: unknown }): Promise<Agent | undefined> {
    return typeof sub === 'string' ? this.agents.findById(sub) : undefined;
  }
}
