import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiDefaultResponse, ApiTags } from '@nestjs/swagger';
import {
  agentMessageRequest,
  chatMessage,
  problem,
  sessionNameParams,
  type AgentMessageRequest,
  type ChatMessage,
} from '@chat-history/http-contract';
import { MessageWriter, TurnLedger, type Agent, type AgentMessageClaim } from '@chat-history/message-store';
import { ApiIdempotencyKey, IdempotencyKey } from '@chat-history/service-shell';
import { CurrentAgent } from '../auth/current-agent.decorator.js';
import { chatMessageOf } from '../to-contract.js';
import { IdempotencyKeyReusedError } from './idempotency-key-reused.error.js';

@ApiTags('sessions')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/sessions/:session_name/messages')
export class AgentMessageController {
  constructor(
    private readonly writer: MessageWriter,
    private readonly turnLedger: TurnLedger,
  ) {}

  /**
   * An agent's answer, stored under the name of who is signed in. Begins a session that is not there yet. A repeat with
   * the same `Idempotency-Key` within 24 hours is answered as the first, and nothing is stored twice.
   */
  @Post()
  @ApiIdempotencyKey('16 to 255 printable ASCII characters; 422 when it came with another text before')
  @ApiCreatedResponse({ standardSchema: chatMessage })
  async answer(
    @Param({ schema: sessionNameParams }) { session_name: sessionName }: { session_name: string },
    @Body({ schema: agentMessageRequest }) { content }: AgentMessageRequest,
    @CurrentAgent() agent: Agent,
    @IdempotencyKey() key: string | undefined,
  ): Promise<ChatMessage> {
    const claimed =
      key === undefined ? {} : await this.claim({ sessionName, agentId: agent.id, key, content });
    const { message, durable } = this.writer.save({
      ...claimed,
      sessionName,
      role: 'agent',
      content,
      agentId: agent.id,
      agentName: agent.name,
    });
    await durable;
    return chatMessageOf(message);
  }

  /** The message's id: a repeat has the one of the first, and saving it again stores nothing. */
  private async claim(claim: AgentMessageClaim): Promise<{ id: string }> {
    const claimed = await this.turnLedger.claimAgentMessage(claim);
    if (claimed.outcome === 'key-reused')
      throw new IdempotencyKeyReusedError('the key came with another text before');
    return { id: claimed.messageId };
  }
}
