import { type Signal, computed, linkedSignal } from '@angular/core';

/**
 * The way through a list that knows only its next page: the cursors that led here, so that one can go back.
 * A new query (by identity) begins at the first page, because a cursor is good for its own query alone.
 */
export class KeysetPages {
  private readonly cursors;
  readonly cursor: Signal<string | undefined>;
  /** Counted from 1. */
  readonly number: Signal<number>;

  constructor(query: Signal<unknown>) {
    this.cursors = linkedSignal<unknown, readonly string[]>({ source: query, computation: () => [] });
    this.cursor = computed(() => this.cursors().at(-1));
    this.number = computed(() => this.cursors().length + 1);
  }

  forward(nextCursor: string): void {
    this.cursors.update((cursors) => [...cursors, nextCursor]);
  }

  back(): void {
    this.cursors.update((cursors) => cursors.slice(0, -1));
  }
}
