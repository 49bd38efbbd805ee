import type { Message } from '@chat-history/message-store';

/** The columns that a client gives, in the order of `copyLine`. */
export const copyColumns =
  'session_name, created_at, id, role, content, response_time_ms, agent_id, agent_name, status, metadata';

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A message as a line of COPY's text format (PostgreSQL manual, COPY, "Text Format"). */
export function copyLine(message: Message): string {
  const { sessionName, createdAt, id, role, content, responseTimeMs, agentId, agentName, status, metadata } =
    message;
  const json = metadata && JSON.stringify(metadata);
  return (
    `${field(sessionName)}\t${createdAt.toISOString()}\t${id}\t${role}\t${field(content)}\t` +
    `${responseTimeMs ?? '\\N'}\t${field(agentId)}\t${field(agentName)}\t${status}\t${field(json)}\n`
  );
}

function field(text: string | null): string {
  return text === null ? '\\N' : text.replace(/[\\\n\r\t]/g, (character) => escapes[character]!);
}

/** Lines in chunks of some 64 KiB: a stream that handles every line by itself costs more than making it. */
export function* copyChunks(messages: Iterable<Message>): Generator<Buffer> {
  let chunk = '';
  for (const message of messages) {
    chunk += copyLine(message);
    if (chunk.length < 65_536) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk) yield Buffer.from(chunk);
}
