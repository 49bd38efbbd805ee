import type { ServerResponse } from 'node:http';
import {
  FakeBotServer,
  sendJson,
  type Behaviours,
  type BotRequest,
  type RequestBehaviour,
} from './fake-bot-server.js';
import { sendEvents, type StreamBehaviour, type StreamEvent } from './stream-behaviour.js';

export interface CozeBehaviour extends RequestBehaviour, StreamBehaviour {
  /** The pieces of the answer. */
  readonly pieces?: readonly string[];
  /** Refuses as Coze does: status 200 and a code. */
  readonly refusal?: { readonly code: number; readonly msg: string };
  /** Refuses streams by an event on them. */
  readonly refusesByEvent?: boolean;
  /** How a run ends; `failed` comes with a code. */
  readonly ending?: 'completed' | 'failed' | 'requires_action';
  /** How often a run that is not streamed is still in progress when asked. */
  readonly pollsInProgress?: number;
  /** Only the completed message, no deltas. */
  readonly withoutDeltas?: boolean;
  /** A second answer of the same run, without deltas, as a workflow gives it. */
  readonly fixedAnswer?: string;
  /** What becomes of a run that is to be cancelled: nothing, or Coze knows no such run. */
  readonly cancelling?: 'ignored' | 'unknown-chat';
}

interface Chat {
  readonly id: string;
  readonly conversationId: string;
  readonly behaviour: CozeBehaviour;
  status: string;
  pollsLeft: number;
}

/** Coze's code for a conversation in which a run is still in progress. */
const busy = { code: 4016, msg: 'Conversation occupied' };
const unknownChat = { code: 4200, msg: 'Requested resource does not exist' };
const botMessage = { role: 'assistant', type: 'answer', content_type: 'text' };

/**
 * Speaks Coze's chat API, version 3. A run that was not brought to its end (cut, stalled, wants a tool) keeps its
 * conversation busy, until it is cancelled.
 */
export class FakeCoze extends FakeBotServer<CozeBehaviour> {
  private chatCount = 0;
  private conversationCount = 0;
  /** The latest run of each conversation, if it has not ended, or is still to be read. */
  private readonly chats = new Map<string, Chat>();

  static start(behaviour: Behaviours<CozeBehaviour> = {}, port = 0): Promise<FakeCoze> {
    return new FakeCoze(behaviour).listen(port);
  }

  protected async answer(
    request: BotRequest,
    response: ServerResponse,
    behaviour: CozeBehaviour,
  ): Promise<void> {
    const { pathname, searchParams } = new URL(request.path, this.url);
    const conversationId =
      searchParams.get('conversation_id') ?? String(request.body['conversation_id'] ?? '');
    const chat = this.chats.get(conversationId);
    if (behaviour.refusal) await refuse(request, response, behaviour.refusal, behaviour);
    else if (pathname === '/v3/chat') await this.begin(request, response, conversationId, behaviour);
    else if (!chat) sendJson(response, unknownChat);
    else if (pathname === '/v3/chat/cancel') this.cancel(response, chat, behaviour);
    else if (pathname === '/v3/chat/retrieve') sendJson(response, { code: 0, data: polled(chat) });
    else if (pathname === '/v3/chat/message/list') {
      this.chats.delete(conversationId);
      sendJson(response, { code: 0, data: messagesOf(chat.behaviour) });
    } else sendJson(response, { code: 4000, msg: `no such path` });
  }

  private async begin(
    request: BotRequest,
    response: ServerResponse,
    conversationId: string,
    behaviour: CozeBehaviour,
  ): Promise<void> {
    const before = this.chats.get(conversationId);
    if (before && isRunning(before)) return refuse(request, response, busy, behaviour);
    const chat: Chat = {
      id: `chat-${++this.chatCount}`,
      conversationId: conversationId || `conversation-${++this.conversationCount}`,
      behaviour,
      status: 'in_progress',
      pollsLeft: behaviour.pollsInProgress ?? 1,
    };
    this.chats.set(chat.conversationId, chat);
    if (request.body['stream'] !== true) return sendJson(response, { code: 0, data: asSent(chat) });
    const allSent = await sendEvents(response, eventsOf(chat), behaviour, this.resumed);
    if (allSent && behaviour.ending !== 'requires_action') this.chats.delete(chat.conversationId);
  }

  private cancel(response: ServerResponse, chat: Chat, { cancelling }: CozeBehaviour): void {
    if (cancelling === 'unknown-chat') return sendJson(response, unknownChat);
    if (cancelling !== 'ignored' && isRunning(chat)) chat.status = 'canceled';
    sendJson(response, { code: 0, data: asSent(chat) });
  }
}

async function refuse(
  { body }: BotRequest,
  response: ServerResponse,
  refusal: object,
  { refusesByEvent }: CozeBehaviour,
): Promise<void> {
  if (!refusesByEvent || body['stream'] !== true) return sendJson(response, refusal);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.end(`event:error\ndata:${JSON.stringify(refusal)}\n\n`);
}

function isRunning({ status }: Chat): boolean {
  return status === 'in_progress' || status === 'requires_action';
}

function asSent({ id, conversationId, status }: Chat) {
  return { id, conversation_id: conversationId, bot_id: 'bot', status };
}

/** A run that is not streamed goes on when it is asked for; one that was streamed and left goes on forever. */
function polled(chat: Chat) {
  const wasLeft =
    chat.behaviour.cutAfterEvents !== undefined || chat.behaviour.stallAfterEvents !== undefined;
  if (chat.status === 'in_progress' && !wasLeft && chat.pollsLeft-- <= 0) {
    chat.status = chat.behaviour.ending ?? 'completed';
  }
  return asSent(chat);
}

function messagesOf(behaviour: CozeBehaviour) {
  return [
    { ...botMessage, type: 'verbose', content: '{"msg_type":"knowledge_recall"}' },
    ...answersOf(behaviour),
    { ...botMessage, type: 'follow_up', content: 'What else?' },
  ];
}

function answersOf({ pieces = [], fixedAnswer }: CozeBehaviour) {
  const contents = [pieces.join(''), ...(fixedAnswer === undefined ? [] : [fixedAnswer])];
  return contents.map((content) => ({ ...botMessage, content }));
}

function eventsOf(chat: Chat): StreamEvent[] {
  const { pieces = [], ending = 'completed', withoutDeltas = false } = chat.behaviour;
  const event = (name: string, data: object): StreamEvent => ({ name, data: JSON.stringify(data) });
  const completed = [
    ...answersOf(chat.behaviour),
    { ...botMessage, type: 'follow_up', content: 'What else?' },
  ];
  return [
    event('conversation.chat.created', { ...asSent(chat), status: 'created' }),
    event('conversation.chat.in_progress', asSent(chat)),
    ...(withoutDeltas ? [] : pieces).map((content) => ({
      ...event('conversation.message.delta', { ...botMessage, content }),
      isPiece: true,
    })),
    ...(ending === 'completed' ? completed : []).map((message) =>
      event('conversation.message.completed', message),
    ),
    event(`conversation.chat.${ending}`, {
      ...asSent(chat),
      status: ending,
      last_error: { code: 5000, msg: 'my secret words' },
    }),
    { name: 'done', data: '"[DONE]"' },
  ];
}
