import { httpResource } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { type SearchPage } from '@chat-history/http-contract';
import { KeysetPages } from '../api/keyset-pages';
import { lastValue } from '../api/last-value';
import { WorkbenchApi } from '../api/workbench-api';
import { HistoryPlace } from '../history/history-place';

/** The hits of the search in the address, newest first, a page at a time; a newer search ends an older request. */
@Injectable()
export class MessageSearch {
  private readonly api = inject(WorkbenchApi);
  private readonly place = inject(HistoryPlace);

  readonly pages = new KeysetPages(this.place.filter);
  readonly resource = httpResource<SearchPage>(() =>
    this.api.search(this.place.filter(), this.pages.cursor()),
  );
  readonly page = lastValue(this.resource);
}
