import { Directive, ElementRef, afterRenderEffect, effect, inject, input, untracked } from '@angular/core';
import { type ChatMessage } from '@chat-history/http-contract';

/**
 * Keeps the reader's place while messages come and go: a transcript opens at its end or at the message looked for;
 * a page that is added or dropped above leaves what one reads where it was. Done here and not by the browser's own
 * scroll anchoring, which is off at the very top, just where older messages are asked for.
 */
@Directive({ selector: '[appTranscriptScroll]' })
export class TranscriptScroll {
  private readonly scroller = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  readonly messages = input.required<readonly ChatMessage[]>({ alias: 'appTranscriptScroll' });
  /** The id of the message looked for, or empty. */
  readonly target = input.required<string>();
  /** Whether these messages open the transcript, or were added to what stood there. */
  readonly opens = input.required<boolean>();

  private anchor: { readonly message: HTMLElement; readonly top: number } | undefined;

  constructor() {
    // Runs before the new messages are drawn, so the old places can still be measured.
    effect(() => {
      this.messages();
      this.anchor = this.firstMessageInView();
    });
    afterRenderEffect({
      mixedReadWrite: () => {
        if (this.messages().length === 0) return;
        untracked(() => (this.opens() ? this.settle() : this.keepPlace()));
      },
    });
  }

  private settle(): void {
    const found = this.messageElements().find((message) => message.dataset['message'] === this.target());
    if (!found) {
      this.scroller.scrollTop = this.scroller.scrollHeight;
      this.takeLostFocus(document.getElementById('transcript-heading'));
      return;
    }
    const above = found.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    this.scroller.scrollTop += above - this.scroller.clientHeight / 4;
    found.focus({ preventScroll: true });
  }

  private keepPlace(): void {
    if (!this.anchor?.message.isConnected) return;
    this.scroller.scrollTop += this.anchor.message.getBoundingClientRect().top - this.anchor.top;
    this.takeLostFocus(this.anchor.message);
  }

  /** What had the focus may be gone: the list on a narrow screen, the button that loaded the last page. */
  private takeLostFocus(next: HTMLElement | null): void {
    if (document.activeElement === document.body) next?.focus({ preventScroll: true });
  }

  private firstMessageInView() {
    const viewTop = this.scroller.getBoundingClientRect().top;
    for (const message of this.messageElements()) {
      const { top, bottom } = message.getBoundingClientRect();
      if (bottom > viewTop) return { message, top };
    }
    return undefined;
  }

  private messageElements(): HTMLElement[] {
    return [...this.scroller.querySelectorAll<HTMLElement>('[data-message]')];
  }
}
