import { Injectable, computed, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, type Params, Router } from '@angular/router';
import {
  type MessageFilter,
  type MessageRole,
  type MessageStatus,
  type SearchOrder,
} from '@chat-history/http-contract';
import { DateTime } from 'luxon';
import { boundsOf, calendarDay, rangeNames } from './time-range';

/** What a link on the History page may change; null takes a part out of the address. */
export interface PlaceChange extends Params {
  readonly session?: string | null;
  /** The message to open the transcript around. */
  readonly message?: string | null;
  readonly q?: string | null;
  readonly scope?: 'session' | null;
  readonly role?: MessageRole | null;
  readonly status?: MessageStatus | null;
  /** The agent's id. */
  readonly agent?: string | null;
  readonly order?: SearchOrder | null;
  readonly range?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  /** `list` shows the list on a narrow screen although a session is open. */
  readonly pane?: 'list' | null;
}

const roles: readonly MessageRole[] = ['user', 'assistant', 'agent'];
const statuses: readonly MessageStatus[] = ['complete', 'interrupted', 'failed'];
const orders: readonly SearchOrder[] = ['newest', 'oldest', 'relevance'];

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

  readonly role = this.oneOf(roles, 'role');
  readonly status = this.oneOf(statuses, 'status');
  readonly agent = this.text('agent');
  /** What narrows the messages besides words, session and time. */
  readonly saidBy = computed(() => [this.role(), this.status(), this.agent()].filter(Boolean).length);
  /** Messages are listed instead of sessions as soon as something is asked of them. */
  readonly searching = computed(() => this.q() !== '' || this.inSession() || this.saidBy() > 0);

  private readonly chosenOrder = this.oneOf(orders, 'order');
  /** The best match is one of words. */
  readonly order = computed<SearchOrder>(() => {
    const order = this.chosenOrder() ?? 'newest';
    return order === 'relevance' && this.q() === '' ? 'newest' : order;
  });

  private readonly chosenRange = this.oneOf(rangeNames, 'range');
  private readonly rangeName = computed(() => this.chosenRange() ?? 'all');
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
    ...(this.role() && { role: this.role() }),
    ...(this.status() && { status: this.status() }),
    ...(this.agent() && { agent_id: this.agent() }),
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
    return computed(() => this.params().get(name)?.trim() ?? '');
  }

  /** What stands in an address may be anything. */
  private oneOf<Choice extends string>(choices: readonly Choice[], name: string) {
    return computed(() => choices.find((choice) => choice === this.params().get(name)));
  }
}
