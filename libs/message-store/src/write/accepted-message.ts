import type { Message, NewMessage } from '../message.js';
import { newMessageId, timeOfMessageId } from './message-id.js';
import { storableContent, storableDurationMs, storableMetadata, storableText } from './storable.js';

/**
 * Gives a message its id, unless it has one, and its time, once: whatever is retried or replayed later carries these.
 * The time is the millisecond inside the id, so order of ids is order of `(createdAt, id)`.
 * @throws MessageTooLargeError TypeError (metadata that JSON cannot hold, an id that is none)
 */
export function acceptedMessage(message: NewMessage): Message {
  const content = storableContent(message.content);
  const metadata = message.metadata ? storableMetadata(message.metadata) : null;
  const id = message.id ?? newMessageId();
  return {
    sessionName: storableText(message.sessionName),
    createdAt: timeOfMessageId(id),
    id,
    role: message.role,
    content,
    responseTimeMs: storableDurationMs(message.responseTimeMs),
    agentId: message.agentId === undefined ? null : storableText(message.agentId),
    agentName: message.agentName === undefined ? null : storableText(message.agentName),
    status: message.status ?? 'complete',
    metadata,
  };
}
