import type { EventSourceMessage } from 'eventsource-parser';
import { EventSourceParserStream } from 'eventsource-parser/stream';

/** The server-sent events of an answer, with their data parsed. */
export async function* readEvents(
  answer: Response,
): AsyncGenerator<{ event: string | undefined; data: unknown }> {
  if (!answer.body) return;
  const events: AsyncIterable<EventSourceMessage> = answer.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events) yield { event, data: JSON.parse(data) as unknown };
}
