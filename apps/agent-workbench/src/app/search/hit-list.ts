import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { HistoryPlace } from '../history/history-place';
import { ListHead } from '../history/list-head';
import { ArrowKeys } from '../shell/arrow-keys';
import { FailureNotice } from '../shell/failure-notice';
import { Pager } from '../shell/pager';
import { HitCard } from './hit-card';
import { MessageSearch } from './message-search';

/** The messages that a search found. */
@Component({
  selector: 'app-hit-list',
  imports: [ArrowKeys, FailureNotice, HitCard, ListHead, MatButton, MatProgressBar, Pager],
  providers: [MessageSearch],
  templateUrl: './hit-list.html',
  styleUrl: '../shell/list-pane.scss',
})
export class HitList {
  protected readonly place = inject(HistoryPlace);
  protected readonly search = inject(MessageSearch);
  protected readonly failed = computed(() => this.search.resource.status() === 'error');
  protected readonly count = computed(() => {
    if (this.failed()) return '';
    if (this.search.resource.isLoading()) return 'Searching…';
    const count = this.search.page()?.items.length ?? 0;
    const number = this.search.pages.number();
    const more = this.search.page()?.next_cursor || number > 1 ? ` on page ${number}` : '';
    return (count === 1 ? '1 message' : `${count} messages`) + more;
  });
}
