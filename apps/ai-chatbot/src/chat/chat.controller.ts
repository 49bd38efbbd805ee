import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiBadGatewayResponse,
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiForbiddenResponse,
  ApiGatewayTimeoutResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiUnauthorizedResponse,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import {
  chatProblem,
  chatRequest,
  chatResponse,
  problem,
  type ChatRequest,
  type ChatResponse,
  type ChatStreamDelta,
} from '@chat-history/http-contract';
import { ApiIdempotencyKey, IdempotencyKey, ProblemFilter } from '@chat-history/service-shell';
import type { Request, Response } from 'express';
import type { Question } from './asked-turn.js';
import { ChatTurn } from './chat-turn.js';
import { EventStream } from './event-stream.js';
import { responseOf, sessionOf } from './to-contract.js';
import type { BegunTurn } from './turn.js';

@ApiTags('chat')
@ApiIdempotencyKey(
  '16 to 255 printable ASCII characters, random: a repeat with the same key within 24 hours gives the same result, ' +
    'also that of a failed turn, and stores nothing twice; to ask again after that, send a new key',
)
@ApiBadRequestResponse({ standardSchema: problem, description: 'Bad input; `errors` names the fields' })
@ApiUnauthorizedResponse({ standardSchema: problem, description: 'The `session_token` is not the session’s' })
@ApiForbiddenResponse({
  standardSchema: problem,
  description: 'The session exists and needs its `session_token`',
})
@ApiConflictResponse({
  standardSchema: problem,
  description: 'Too many turns of the session wait, or too long',
})
@ApiUnprocessableEntityResponse({
  standardSchema: problem,
  description: 'The key came with another request before',
})
@ApiBadGatewayResponse({ standardSchema: chatProblem, description: 'The bot failed' })
@ApiServiceUnavailableResponse({
  standardSchema: chatProblem,
  description: 'Not now; `Retry-After` says when',
})
@ApiGatewayTimeoutResponse({ standardSchema: chatProblem, description: 'The bot took too long' })
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
  async chat(
    @Body({ schema: chatRequest }) body: ChatRequest,
    @IdempotencyKey() idempotencyKey: string | undefined,
  ): Promise<ChatResponse> {
    return responseOf(await this.chatTurn.take(questionOf(body, idempotencyKey)));
  }

  @Post('stream')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take a turn and hear the reply as it is said',
    description:
      'Events: `session` {session_name, session_token?, message_id}, `delta` {text}…, then `done` (as `POST /chat` ' +
      'answers) or `error` (a problem). A turn that cannot begin is answered with a problem and its status.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async stream(
    @Body({ schema: chatRequest }) body: ChatRequest,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @Req() request: Request & { id: string; log: { info(message: string): void } },
    @Res() response: Response,
  ): Promise<void> {
    let events: EventStream | undefined;
    let hasHeard = false;
    const open = (turn: BegunTurn) => {
      events = new EventStream(response, request.log);
      events.send('session', sessionOf(turn));
      return events;
    };
    try {
      const turn = await this.chatTurn.take(questionOf(body, idempotencyKey), {
        begun: open,
        said: (text) => {
          hasHeard = true;
          events?.send('delta', { text } satisfies ChatStreamDelta);
        },
      });
      const stream = events ?? open(turn);
      // Of a turn that another took nothing was heard.
      if (!hasHeard) stream.send('delta', { text: turn.reply.content } satisfies ChatStreamDelta);
      stream.send('done', responseOf(turn));
    } catch (error) {
      if (!events) throw error;
      events.send('error', this.problems.describe(error, request.id));
    } finally {
      events?.end();
    }
  }
}

function questionOf(body: ChatRequest, idempotencyKey: string | undefined): Question {
  return {
    text: body.message,
    sessionName: body.session_name,
    sessionToken: body.session_token,
    idempotencyKey,
  };
}
