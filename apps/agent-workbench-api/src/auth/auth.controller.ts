import { Body, Controller, Get, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  loginRequest,
  loginResponse,
  me,
  problem,
  type LoginRequest,
  type LoginResponse,
  type Me,
} from '@chat-history/http-contract';
import { Agents, type Agent } from '@chat-history/message-store';
import { Public } from '@chat-history/service-shell';
import { AccessTokens } from './access-tokens.js';
import { LoginFailedError } from './auth.errors.js';
import { CurrentAgent } from './current-agent.decorator.js';
import { LoginThrottle } from './login-throttle.js';

@ApiTags('sign-in')
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly agents: Agents,
    private readonly throttle: LoginThrottle,
    private readonly tokens: AccessTokens,
  ) {}

  /** A token for a username and its password. */
  @Public()
  @Post('login')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: loginResponse })
  async login(
    @Body({ schema: loginRequest }) body: LoginRequest,
    @Ip() address: string,
  ): Promise<LoginResponse> {
    const agent = await this.throttle.attempt(body.username, address, () =>
      this.agents.authenticate(body.username, body.password),
    );
    if (!agent) throw new LoginFailedError('the login failed');
    return {
      access_token: await this.tokens.issue(agent),
      token_type: 'Bearer',
      expires_in: this.tokens.settings.lifetimeS,
    };
  }

  /** Whose token it is. */
  @ApiBearerAuth()
  @Get('me')
  @ApiOkResponse({ standardSchema: me })
  me(@CurrentAgent() agent: Agent): Me {
    return { agent_id: agent.id, agent_name: agent.name, role: agent.role };
  }
}
