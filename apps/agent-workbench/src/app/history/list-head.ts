import { Component, inject, input } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import { Icon } from '../shell/icon';
import { ExportButton } from '../exports/export-button';
import { HistoryPlace } from './history-place';

/** Above the sessions and above the hits: what it is, how many (read out when it changes), refresh and export. */
@Component({
  selector: 'app-list-head',
  imports: [ExportButton, Icon, MatIconButton, MatTooltip],
  template: `
    <h2>{{ heading() }}</h2>
    <span class="count" role="status">{{ count() }}</span>
    <button
      matIconButton
      type="button"
      matTooltip="Refresh"
      aria-label="Refresh the list"
      (click)="place.refresh()"
    >
      <app-icon name="refresh" />
    </button>
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
