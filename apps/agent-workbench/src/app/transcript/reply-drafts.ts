import { Injectable } from '@angular/core';

const prefix = 'workbench.draft.';

/** Answers that were begun and not sent, by session: they survive another session, an error and a reload of the tab. */
@Injectable({ providedIn: 'root' })
export class ReplyDrafts {
  of(sessionName: string): string {
    return sessionStorage.getItem(prefix + sessionName) ?? '';
  }

  keep(sessionName: string, text: string): void {
    if (text === '') {
      sessionStorage.removeItem(prefix + sessionName);
      return;
    }
    try {
      sessionStorage.setItem(prefix + sessionName, text);
    } catch {
      // The tab's storage is full: the text stays in its box and is only not there after a reload.
    }
  }

  forgetAll(): void {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
  }
}
