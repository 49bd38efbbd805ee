import type { Message, NewMessage } from '../message.js';
import { newMessageId, timeOfMessageId } from './message-id.js';
import { storableContent, storableDurationMs, storableMetadata, storableText } from './storable.js';

/**
 * Gives a message its id, unless it has one, and its time, once: whatever is retried or replayed later carries these.
 * The time is the millisecond inside the id, so order of ids is order of `(createdAt, id)`.
 * @throws MessageTooLargeError TypeError (metadata that JSON cannot hold, an id that is none)
 */
export function acceptedMessage(message: NewMessage): Message {
  const id = message.id ?? newMessageId();
  return storableMessage({
    sessionName: message.sessionName,
    createdAt: timeOfMessageId(id),
    id,
    role: message.role,
    content: message.content,
    responseTimeMs: storableDurationMs(message.responseTimeMs),
    agentId: message.agentId ?? null,
    agentName: message.agentName ?? null,
    status: message.status ?? 'complete',
    metadata: message.metadata ?? null,
  });
}

/**
 * The same message with texts and metadata that PostgreSQL can hold: however a message comes, it is kept alike.
 * @throws MessageTooLargeError TypeError (metadata that JSON cannot hold)
 */
export function storableMessage(message: Message): Message {
  const storableOrNull = (text: string | null) => (text === null ? null : storableText(text));
  return {
    ...message,
    sessionName: storableText(message.sessionName),
    content: storableContent(message.content),
    agentId: storableOrNull(message.agentId),
    agentName: storableOrNull(message.agentName),
    metadata: message.metadata && storableMetadata(message.metadata),
  };
}
