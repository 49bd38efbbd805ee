import {
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  viewChild,
} from '@angular/core';
import { Title } from '@angular/platform-browser';
import { FilterForm } from '../search/filter-form';
import { HitList } from '../search/hit-list';
import { KnownAgents } from '../search/known-agents';
import { SearchForm } from '../search/search-form';
import { SessionList } from '../session-list/session-list';
import { Icon } from '../shell/icon';
import { Transcript } from '../transcript/transcript';
import { HistoryPlace } from './history-place';
import { RangeForm } from './range-form';

/** The list (sessions, or messages while something is asked of them) beside the open transcript; on a narrow screen one of the two. */
@Component({
  selector: 'app-history-page',
  imports: [FilterForm, HitList, Icon, RangeForm, SearchForm, SessionList, Transcript],
  providers: [HistoryPlace, KnownAgents],
  templateUrl: './history-page.html',
  styleUrl: './history-page.scss',
  host: { '[class.list-in-front]': 'place.listInFront()' },
})
export class HistoryPage {
  protected readonly place = inject(HistoryPlace);
  private readonly injector = inject(Injector);
  private readonly page = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly searchForm = viewChild.required(SearchForm);
  protected readonly heading = computed(() => this.place.session() || 'History');

  constructor() {
    const title = inject(Title);
    effect(() => title.setTitle(`${this.heading()} · Agent workbench`));
  }

  protected skipToTranscript(): void {
    this.page.querySelector<HTMLElement>('#transcript-heading')?.focus();
  }

  /** From the transcript to the list, on a narrow screen: to where one came from. */
  protected async showList(): Promise<void> {
    await this.place.go({ pane: 'list' });
    this.onceShown(() => this.page.querySelector<HTMLElement>('.list-pane a[aria-current]')?.focus());
  }

  protected async searchHere(): Promise<void> {
    await this.place.go({ scope: 'session', pane: 'list' });
    this.onceShown(() => this.searchForm().focus());
  }

  private onceShown(focus: () => void): void {
    afterNextRender({ write: focus }, { injector: this.injector });
  }
}
