import { newMessageId, type Message, type MessageWriter, type NewMessage } from '@chat-history/message-store';

/** Handed over in one turn of the event loop: requests come one by one, and not a thousand at once. */
const savedATurn = 20;

/**
 * A generated message as if it were said now: a writer writes none of other days. Its text is in one piece, as it comes
 * from a request; the generator leaves it in many, which whoever reads it first would have to put together.
 */
export function saidNow(message: Message): Message {
  const id = newMessageId();
  const content = Buffer.from(message.content).toString();
  return {
    ...message,
    content,
    id,
    createdAt: new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)),
  };
}

/** As a chat hands it over. */
export function newMessageOf(message: Message): NewMessage {
  const { id, sessionName, role, content, responseTimeMs, agentId, agentName, status, metadata } = message;
  return {
    ...{ id, sessionName, role, content, status },
    responseTimeMs: responseTimeMs ?? undefined,
    agentId: agentId ?? undefined,
    agentName: agentName ?? undefined,
    metadata: metadata ?? undefined,
  };
}

/**
 * Saves them as fast as the writer keeps them: at most `maxInFlight` are not yet durable.
 * @returns when the last one is.
 */
export async function saveAll(
  writer: MessageWriter,
  messages: readonly NewMessage[],
  maxInFlight: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let saved = 0;
  let durable = 0;
  let isFull = false;
  const kept = () => {
    if (++durable === messages.length) resolve();
    if (!isFull) return;
    isFull = false;
    setImmediate(saveSome);
  };
  const saveSome = () => {
    for (let count = 0; count < savedATurn && saved < messages.length; count++) {
      isFull = saved - durable >= maxInFlight;
      if (isFull) return;
      writer.save(messages[saved++]!).durable.then(kept, reject);
    }
    if (saved < messages.length) setImmediate(saveSome);
  };
  saveSome();
  await promise;
}
