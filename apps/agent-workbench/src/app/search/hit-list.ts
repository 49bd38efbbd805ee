import { Component, computed, effect, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { type HitCount } from '@chat-history/http-contract';
import { HistoryPlace } from '../history/history-place';
import { ListHead } from '../history/list-head';
import { ArrowKeys } from '../shell/arrow-keys';
import { FailureNotice } from '../shell/failure-notice';
import { Pager } from '../shell/pager';
import { HitCard } from './hit-card';
import { KnownAgents } from './known-agents';
import { MessageSearch } from './message-search';
import { OrderSelect } from './order-select';

/** The messages that a search found. */
@Component({
  selector: 'app-hit-list',
  imports: [ArrowKeys, FailureNotice, HitCard, ListHead, MatButton, MatProgressBar, OrderSelect, Pager],
  providers: [MessageSearch],
  templateUrl: './hit-list.html',
  styleUrl: '../shell/list-pane.scss',
  styles: `
    .order {
      display: flex;
      align-items: center;
      gap: 12px;
      padding: 0 16px 8px;
    }
    .order p {
      margin: 0;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-small);
    }
  `,
})
export class HitList {
  protected readonly place = inject(HistoryPlace);
  protected readonly search = inject(MessageSearch);
  protected readonly failed = computed(() => this.search.resource.status() === 'error');

  /** Both lines are read out when they change. */
  protected readonly count = computed(() => {
    if (this.failed()) return '';
    if (this.search.resource.isLoading()) return 'Searching…';
    const count = this.search.count();
    return count ? countText(count) : '';
  });
  protected readonly ranked = computed(() => {
    const ranked = this.search.page()?.ranked;
    if (!ranked || ranked.is_all || this.failed() || this.search.resource.isLoading()) return '';
    return `The best of the newest ${ranked.hits.toLocaleString()}; older ones were not ranked.`;
  });
  protected readonly narrowedBy = computed(
    () =>
      (this.place.saidBy() ? ' with these filters' : '') +
      (this.place.range().name === 'all' ? '' : ' in this time'),
  );

  constructor() {
    const known = inject(KnownAgents);
    effect(() => known.meet((this.search.page()?.items ?? []).map((hit) => hit.message)));
  }
}

function countText({ value, relation }: HitCount): string {
  const number = value.toLocaleString() + (relation === 'at_least' ? '+' : '');
  return number === '1' ? '1 message' : `${number} messages`;
}
