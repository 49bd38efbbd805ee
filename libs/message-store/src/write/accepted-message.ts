import { v7 as uuidV7 } from 'uuid';
import type { Message, NewMessage } from '../message.js';
import { storableContent, storableDurationMs, storableMetadata, storableText } from './storable.js';

/**
 * Gives a message its id and time, once: whatever is retried or replayed later carries these. The time is the
 * millisecond inside the id (RFC 9562, section 5.7), which `uuid` never lets go back within a process, so order of
 * acceptance is order of `(createdAt, id)` even when the clock is set back.
 * @throws MessageTooLargeError TypeError (metadata that JSON cannot hold)
 */
export function acceptedMessage(message: NewMessage): Message {
  const content = storableContent(message.content);
  const metadata = message.metadata ? storableMetadata(message.metadata) : null;
  const id = uuidV7();
  return {
    sessionName: storableText(message.sessionName),
    createdAt: timeOf(id),
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

function timeOf(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
