import { type ChatMessage } from '@chat-history/http-contract';
import { DateTime } from 'luxon';

export interface DayOfMessages {
  /** ISO date in the reader's zone. */
  readonly key: string;
  readonly messages: readonly [ChatMessage, ...ChatMessage[]];
}

/** Messages under the calendar days of the reader's zone; the order stays. */
export function messagesByDay(messages: readonly ChatMessage[]): DayOfMessages[] {
  const days: { key: string; messages: [ChatMessage, ...ChatMessage[]] }[] = [];
  for (const message of messages) {
    const key = DateTime.fromISO(message.created_at).toISODate() ?? '';
    const last = days.at(-1);
    if (last?.key === key) last.messages.push(message);
    else days.push({ key, messages: [message] });
  }
  return days;
}
