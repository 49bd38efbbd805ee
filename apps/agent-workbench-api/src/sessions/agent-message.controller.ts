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
import { MessageWriter, type Agent } from '@chat-history/message-store';
import { CurrentAgent } from '../auth/current-agent.decorator.js';
import { chatMessageOf } from '../to-contract.js';
import { committedInTime } from './committed-in-time.js';

@ApiTags('sessions')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/sessions/:session_name/messages')
export class AgentMessageController {
  constructor(private readonly writer: MessageWriter) {}

  /** An agent's answer, stored under the name of who is signed in. Begins a session that is not there yet. */
  @Post()
  @ApiCreatedResponse({ standardSchema: chatMessage })
  async answer(
    @Param({ schema: sessionNameParams }) { session_name: sessionName }: { session_name: string },
    @Body({ schema: agentMessageRequest }) { content }: AgentMessageRequest,
    @CurrentAgent() agent: Agent,
  ): Promise<ChatMessage> {
    const { message, durable } = this.writer.save({
      sessionName,
      role: 'agent',
      content,
      agentId: agent.id,
      agentName: agent.name,
    });
    await committedInTime(durable);
    return chatMessageOf(message);
  }
}
