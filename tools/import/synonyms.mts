import type { MessageRole, MessageStatus } from '@chat-history/message-store';
import { roles, statuses } from './own-message.mts';

/** What other systems call something, and which of those names a file was seen to use. */
export class Synonyms<Value extends string> {
  readonly #meanings: ReadonlyMap<string, Value>;
  readonly #used = new Set<string>();

  constructor(known: readonly Value[], synonyms: Readonly<Record<string, Value>>) {
    const own = known.map((value) => [value, value] as const);
    this.#meanings = new Map([...own, ...Object.entries(synonyms)]);
  }

  /** Case and blanks around it do not count. @returns undefined for a name that is not known. */
  meaningOf(name: string): Value | undefined {
    const folded = name.trim().toLowerCase();
    const meaning = this.#meanings.get(folded);
    if (meaning !== undefined && meaning !== folded) this.#used.add(folded);
    return meaning;
  }

  /** As `human → user`. */
  get used(): string[] {
    return [...this.#used].map((name) => `${name} → ${this.#meanings.get(name)}`);
  }
}

export function roleSynonyms(): Synonyms<MessageRole> {
  return new Synonyms(roles, {
    human: 'user',
    customer: 'user',
    client: 'user',
    visitor: 'user',
    guest: 'user',
    bot: 'assistant',
    ai: 'assistant',
    chatbot: 'assistant',
    model: 'assistant',
    operator: 'agent',
    staff: 'agent',
    support: 'agent',
    human_agent: 'agent',
  });
}

export function statusSynonyms(): Synonyms<MessageStatus> {
  return new Synonyms(statuses, {
    completed: 'complete',
    success: 'complete',
    ok: 'complete',
    sent: 'complete',
    delivered: 'complete',
    partial: 'interrupted',
    aborted: 'interrupted',
    cancelled: 'interrupted',
    error: 'failed',
  });
}
