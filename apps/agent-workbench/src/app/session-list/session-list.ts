import { httpResource } from '@angular/common/http';
import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { type SessionListPage } from '@chat-history/http-contract';
import { KeysetPages } from '../api/keyset-pages';
import { lastValue } from '../api/last-value';
import { WorkbenchApi } from '../api/workbench-api';
import { HistoryPlace } from '../history/history-place';
import { ListHead } from '../history/list-head';
import { ArrowKeys } from '../shell/arrow-keys';
import { FailureNotice } from '../shell/failure-notice';
import { Pager } from '../shell/pager';
import { SessionCard } from './session-card';

/** The sessions with a message in the chosen time, latest first, a page at a time. */
@Component({
  selector: 'app-session-list',
  imports: [ArrowKeys, FailureNotice, ListHead, MatButton, MatProgressBar, Pager, SessionCard],
  templateUrl: './session-list.html',
  styleUrl: '../shell/list-pane.scss',
})
export class SessionList {
  private readonly api = inject(WorkbenchApi);
  protected readonly place = inject(HistoryPlace);
  protected readonly pages = new KeysetPages(this.place.bounds);
  protected readonly resource = httpResource<SessionListPage>(() =>
    this.api.sessions(this.place.bounds(), this.pages.cursor()),
  );
  protected readonly page = lastValue(this.resource);
  protected readonly failed = computed(() => this.resource.status() === 'error');
  protected readonly count = computed(() => {
    if (this.failed()) return '';
    if (this.resource.isLoading()) return 'Loading…';
    const count = this.page()?.items.length ?? 0;
    const more = this.page()?.next_cursor || this.pages.number() > 1 ? ` on page ${this.pages.number()}` : '';
    return (count === 1 ? '1 session' : `${count} sessions`) + more;
  });
}
