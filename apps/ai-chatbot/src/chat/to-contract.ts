import type { ChatResponse, ChatStreamSession } from '@chat-history/http-contract';
import type { BegunTurn, Turn } from './turn.js';

// How a turn crosses HTTP: names in snake_case.

export function sessionOf({ sessionName, sessionToken, questionId }: BegunTurn): ChatStreamSession {
  return {
    session_name: sessionName,
    ...(sessionToken !== undefined && { session_token: sessionToken }),
    message_id: questionId,
  };
}

export function responseOf(turn: Turn): ChatResponse {
  const { reply } = turn;
  return {
    ...sessionOf(turn),
    reply: reply.content,
    reply_id: reply.id,
    response_time_ms: reply.responseTimeMs ?? 0,
    status: reply.status,
  };
}
