import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiBadGatewayResponse,
  ApiBadRequestResponse,
  ApiGatewayTimeoutResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import {
  chatRequest,
  chatResponse,
  problem,
  type ChatRequest,
  type ChatResponse,
  type ChatStreamDelta,
  type ChatStreamSession,
} from '@chat-history/http-contract';
import { ProblemFilter } from '@chat-history/service-shell';
import type { Request, Response } from 'express';
import { ChatTurn, type Question, type Turn } from './chat-turn.js';
import { EventStream } from './event-stream.js';

@ApiTags('chat')
@ApiBadRequestResponse({ standardSchema: problem, description: 'Bad input; `errors` names the fields' })
@Controller('chat')
export class ChatController {
  constructor(
    private readonly chatTurn: ChatTurn,
    private readonly problems: ProblemFilter,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a turn: ask, and get the whole reply' })
  @ApiOkResponse({ standardSchema: chatResponse })
  @ApiBadGatewayResponse({ standardSchema: problem, description: 'The bot failed' })
  @ApiGatewayTimeoutResponse({ standardSchema: problem, description: 'The bot took too long' })
  async chat(@Body({ schema: chatRequest }) body: ChatRequest): Promise<ChatResponse> {
    return responseOf(await this.chatTurn.take(questionOf(body)));
  }

  @Post('stream')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take a turn and hear the reply as it is said',
    description:
      'Events: `session` {session_name, message_id}, `delta` {text}…, then `done` (as `POST /chat` answers) or ' +
      '`error` (a problem).',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async stream(
    @Body({ schema: chatRequest }) body: ChatRequest,
    @Req() request: Request & { id: string; log: { info(message: string): void } },
    @Res() response: Response,
  ): Promise<void> {
    const events = new EventStream(response, request.log);
    try {
      const turn = await this.chatTurn.take(questionOf(body), {
        begun: ({ sessionName, id }) =>
          events.send('session', { session_name: sessionName, message_id: id } satisfies ChatStreamSession),
        said: (text) => events.send('delta', { text } satisfies ChatStreamDelta),
      });
      events.send('done', responseOf(turn));
    } catch (error) {
      events.send('error', this.problems.describe(error, request.id));
    } finally {
      events.end();
    }
  }
}

function questionOf(body: ChatRequest): Question {
  return { text: body.message, sessionName: body.session_name };
}

function responseOf({ question, reply }: Turn): ChatResponse {
  return {
    session_name: question.sessionName,
    message_id: question.id,
    reply: reply.content,
    reply_id: reply.id,
    response_time_ms: reply.responseTimeMs ?? 0,
    status: reply.status,
  };
}
