import { httpResource } from '@angular/common/http';
import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { RouterLink } from '@angular/router';
import { type ExportJobPage } from '@chat-history/http-contract';
import { KeysetPages } from '../api/keyset-pages';
import { lastValue } from '../api/last-value';
import { poll } from '../api/poll';
import { WorkbenchApi } from '../api/workbench-api';
import { FailureNotice } from '../shell/failure-notice';
import { Icon } from '../shell/icon';
import { IconButton } from '../shell/icon-button';
import { Pager } from '../shell/pager';
import { ExportCard } from './export-card';
import { isUnfinished } from './export-names';
import { jobNews } from './job-news';

/** The exports that the reader may see, latest first; followed while one of them is not done. */
@Component({
  selector: 'app-exports-page',
  imports: [ExportCard, FailureNotice, Icon, IconButton, MatButton, MatProgressBar, Pager, RouterLink],
  templateUrl: './exports-page.html',
  styleUrl: './exports-page.scss',
})
export class ExportsPage {
  private readonly api = inject(WorkbenchApi);
  protected readonly pages = new KeysetPages(signal('all'));
  protected readonly resource = httpResource<ExportJobPage>(() => this.api.exports(this.pages.cursor()));
  protected readonly page = lastValue(this.resource);
  /** Another page than the one shown is on its way. */
  protected readonly opening = computed(() => this.resource.status() === 'loading');
  protected readonly count = computed(() => {
    const page = this.page();
    if (!page || this.opening()) return this.resource.error() ? '' : 'Loading…';
    const more = page.next_cursor || this.pages.number() > 1 ? ` on page ${this.pages.number()}` : '';
    return (page.items.length === 1 ? '1 export' : `${page.items.length} exports`) + more;
  });

  /** What to read out stands until there is other news, so that nothing is cut short. */
  protected readonly news = linkedSignal<ExportJobPage | undefined, string>({
    source: this.page,
    computation: (page, previous) =>
      jobNews(previous?.source?.items ?? [], page?.items ?? []) || (previous?.value ?? ''),
  });

  constructor() {
    poll(
      this.resource,
      computed(() => this.page()?.items.some(isUnfinished) ?? false),
    );
  }
}
