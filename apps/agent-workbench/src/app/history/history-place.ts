import { Injectable, computed, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, type Params, Router } from '@angular/router';
import { type MessageFilter } from '@chat-history/http-contract';
import { DateTime } from 'luxon';
import { boundsOf, calendarDay, rangeNames } from './time-range';

/** What a link on the History page may change; null takes a part out of the address. */
export interface PlaceChange extends Params {
  readonly session?: string | null;
  /** The message to open the transcript around. */
  readonly message?: string | null;
  readonly q?: string | null;
  readonly scope?: 'session' | null;
  readonly range?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  /** `list` shows the list on a narrow screen although a session is open. */
  readonly pane?: 'list' | null;
}

/** Where the reader is on the History page. The address is the only copy, so that it survives a reload and can be shared. */
@Injectable()
export class HistoryPlace {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly params = toSignal(this.route.queryParamMap, { requireSync: true });
  private readonly now = signal(DateTime.now());

  readonly session = this.text('session');
  readonly message = this.text('message');
  readonly q = this.text('q');
  readonly listInFront = computed(() => this.session() === '' || this.params().get('pane') === 'list');
  /** Searching in one session needs one. */
  readonly inSession = computed(() => this.session() !== '' && this.params().get('scope') === 'session');

  private readonly rangeName = computed(
    () => rangeNames.find((name) => name === this.params().get('range')) ?? 'all',
  );
  private readonly from = computed(() => calendarDay(this.params().get('from')));
  private readonly to = computed(() => calendarDay(this.params().get('to')));
  readonly range = computed(() => ({ name: this.rangeName(), from: this.from(), to: this.to() }));

  /** Reckoned once for a choice and again on `refresh`, not with every tick: a cursor is good for its own bounds alone. */
  readonly bounds = computed(() => boundsOf(this.range(), this.now()));

  /** What the list pane shows, as the search and the export read it. */
  readonly filter = computed<MessageFilter>(() => ({
    ...this.bounds(),
    ...(this.q() && { q: this.q() }),
    ...(this.inSession() && { session_name: this.session() }),
  }));

  go(change: PlaceChange): Promise<boolean> {
    return this.router.navigate([], {
      relativeTo: this.route,
      queryParams: change,
      queryParamsHandling: 'merge',
    });
  }

  /** Asks the list anew, from its first page. */
  refresh(): void {
    this.now.set(DateTime.now());
  }

  private text(name: string) {
    return computed(() => this.params().get(name) ?? '');
  }
}
