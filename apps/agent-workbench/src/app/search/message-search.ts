import { httpResource } from '@angular/common/http';
import { Injectable, computed, inject, linkedSignal } from '@angular/core';
import { type HitCount, type SearchPage } from '@chat-history/http-contract';
import { KeysetPages } from '../api/keyset-pages';
import { lastValue } from '../api/last-value';
import { WorkbenchApi } from '../api/workbench-api';
import { HistoryPlace } from '../history/history-place';

/** The hits of the search in the address, a page at a time; a newer search ends an older request. */
@Injectable()
export class MessageSearch {
  private readonly api = inject(WorkbenchApi);
  private readonly place = inject(HistoryPlace);

  private readonly query = computed(() => ({ ...this.place.filter(), order: this.place.order() }));
  readonly pages = new KeysetPages(this.query);
  readonly resource = httpResource<SearchPage>(() => this.api.search(this.query(), this.pages.cursor()));
  readonly page = lastValue(this.resource);

  /** Asked for with the first page and good for those after it. */
  readonly count = linkedSignal<SearchPage | undefined, HitCount | undefined>({
    source: this.page,
    computation: (page, previous) => page?.count ?? previous?.value,
  });
}
