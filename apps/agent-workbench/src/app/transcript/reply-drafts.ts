import { Injectable, signal } from '@angular/core';

const draftPrefix = 'workbench.draft.';
const tryPrefix = 'workbench.try.';

/** A text that was sent, and the key that it was sent with. */
interface Try {
  readonly key: string;
  readonly text: string;
}

/** Answers that were begun and not sent, by session: they survive another session, an error and a reload of the tab. */
@Injectable({ providedIn: 'root' })
export class ReplyDrafts {
  /** What was typed since the page was loaded; what was typed before is in the tab's storage alone. */
  private readonly typed = signal<ReadonlyMap<string, string>>(new Map());

  of(sessionName: string): string {
    return this.typed().get(sessionName) ?? sessionStorage.getItem(draftPrefix + sessionName) ?? '';
  }

  keep(sessionName: string, text: string): void {
    store(draftPrefix + sessionName, text);
    this.typed.update((typed) => new Map(typed).set(sessionName, text));
  }

  /**
   * The idempotency key to send a text with. It is the same for each try of one text, of which nobody may know whether
   * it arrived, and another one for another text.
   */
  keyOf(sessionName: string, text: string): string {
    const last = JSON.parse(sessionStorage.getItem(tryPrefix + sessionName) ?? 'null') as Try | null;
    if (last?.text === text) return last.key;
    const key = randomKey();
    store(tryPrefix + sessionName, JSON.stringify({ key, text } satisfies Try));
    return key;
  }

  /** The server has it; the same text said once more is another message. */
  sent(sessionName: string): void {
    sessionStorage.removeItem(draftPrefix + sessionName);
    sessionStorage.removeItem(tryPrefix + sessionName);
    this.typed.update((typed) => new Map([...typed].filter(([name]) => name !== sessionName)));
  }

  forgetAll(): void {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(draftPrefix) || name.startsWith(tryPrefix)) sessionStorage.removeItem(name);
    }
    this.typed.set(new Map());
  }
}

function store(name: string, text: string): void {
  // First, so that what does not fit is not there, rather than what stood there before.
  sessionStorage.removeItem(name);
  try {
    if (text !== '') sessionStorage.setItem(name, text);
  } catch {
    // The tab's storage is full: the draft is only not there after a reload.
  }
}

/** Not `crypto.randomUUID`: a page that came over http has none. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
