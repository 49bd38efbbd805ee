import { Component, inject, input } from '@angular/core';
import { ExportButton } from '../exports/export-button';
import { IconButton } from '../shell/icon-button';
import { HistoryPlace } from './history-place';

/** Above the sessions and above the hits: what it is, how many (read out when it changes), refresh and export. */
@Component({
  selector: 'app-list-head',
  imports: [ExportButton, IconButton],
  template: `
    <h2>{{ heading() }}</h2>
    <span class="count" role="status">{{ count() }}</span>
    <app-icon-button icon="refresh" label="Refresh the list" (click)="place.refresh()" />
    <app-export-button label="Export these messages" [filter]="place.filter()" />
  `,
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: 4px;
      padding: 4px 8px 4px 16px;
    }
    h2 {
      margin: 0 8px 0 0;
      font: var(--mat-sys-title-medium);
    }
    .count {
      flex: 1;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-small);
    }
  `,
})
export class ListHead {
  protected readonly place = inject(HistoryPlace);
  readonly heading = input.required<string>();
  readonly count = input.required<string>();
}
