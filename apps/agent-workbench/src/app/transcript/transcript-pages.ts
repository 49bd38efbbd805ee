import { httpResource } from '@angular/common/http';
import { type Signal, computed, inject, linkedSignal } from '@angular/core';
import { type ChatMessage, type TranscriptPage } from '@chat-history/http-contract';
import { type TranscriptStart, WorkbenchApi } from '../api/workbench-api';

/** Kept on the page at once; further away is dropped at the other end and loaded again on the way back. */
const maxPages = 8;

export type PageSide = 'only' | 'older' | 'newer';

interface WantedPage {
  readonly sessionName: string;
  readonly start: TranscriptStart;
  /** Where the page belongs beside those that are here. */
  readonly side: PageSide;
}

/** The part of a transcript that is loaded, oldest first, and the way to more of it. Made in an injection context. */
export class TranscriptPages {
  private readonly api = inject(WorkbenchApi);
  private readonly wanted;
  private readonly resource;
  private readonly pages: Signal<readonly TranscriptPage[]>;

  readonly messages: Signal<readonly ChatMessage[]>;
  readonly session = computed(() => this.pages().at(-1)?.session);
  readonly olderCursor = computed(() => this.pages().at(0)?.prev_cursor);
  readonly newerCursor = computed(() => this.pages().at(-1)?.next_cursor);
  /** The page that is on its way or, when it failed, still wanted. */
  readonly side: Signal<PageSide>;
  readonly loading: Signal<boolean>;
  readonly failure: Signal<unknown>;

  /** @param message the id to open around; empty for the latest end */
  constructor(
    private readonly sessionName: Signal<string>,
    message: Signal<string>,
  ) {
    this.wanted = linkedSignal<WantedPage>(() => ({
      sessionName: sessionName(),
      start: { around: message() || 'latest' },
      side: 'only',
    }));
    this.resource = httpResource<TranscriptPage>(() =>
      this.api.transcript(this.wanted().sessionName, this.wanted().start),
    );
    this.pages = linkedSignal<Arrival, readonly TranscriptPage[]>({
      source: () => ({
        wanted: this.wanted(),
        page: this.resource.hasValue() ? this.resource.value() : undefined,
      }),
      computation: (arrival, previous) =>
        withArrival(previous?.value ?? [], previous?.source.wanted, arrival),
    }).asReadonly();
    this.messages = computed(() => this.pages().flatMap((page) => page.items));
    this.side = computed(() => this.wanted().side);
    this.loading = computed(() => this.resource.isLoading());
    this.failure = computed(() => this.resource.error());
  }

  loadOlder(): void {
    this.load(this.olderCursor(), 'older');
  }

  loadNewer(): void {
    this.load(this.newerCursor(), 'newer');
  }

  /** Opens the latest end anew, with what was said meanwhile. */
  loadLatest(): void {
    this.wanted.set({ sessionName: this.sessionName(), start: { around: 'latest' }, side: 'only' });
  }

  retry(): void {
    this.resource.reload();
  }

  private load(cursor: string | null | undefined, side: PageSide): void {
    if (cursor && !this.loading())
      this.wanted.set({ sessionName: this.sessionName(), start: { cursor }, side });
  }
}

interface Arrival {
  readonly wanted: WantedPage;
  readonly page: TranscriptPage | undefined;
}

/** What is loaded stays until the next page is here, except another session's. */
function withArrival(
  pages: readonly TranscriptPage[],
  before: WantedPage | undefined,
  { wanted, page }: Arrival,
): readonly TranscriptPage[] {
  if (!page) return before && before.sessionName !== wanted.sessionName ? [] : pages;
  switch (wanted.side) {
    case 'only':
      return [page];
    case 'older':
      return [page, ...pages].slice(0, maxPages);
    case 'newer':
      return [...pages, page].slice(-maxPages);
  }
}
