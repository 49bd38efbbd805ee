import { Component, inject } from '@angular/core';
import { type SearchOrder } from '@chat-history/http-contract';
import { HistoryPlace } from '../history/history-place';

/** Which messages come first. */
@Component({
  selector: 'app-order-select',
  template: `
    <label for="order">Order</label>
    <select #order id="order" (change)="choose(order.value)">
      @for (choice of choices; track choice.name) {
        <option
          [value]="choice.name"
          [selected]="choice.name === place.order()"
          [disabled]="choice.name === 'relevance' && !place.q()"
        >
          {{ choice.label }}
        </option>
      }
    </select>
  `,
  styles: `
    :host {
      display: flex;
      flex: none;
      align-items: center;
      gap: 8px;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-small);
    }
    select {
      padding: 4px 8px;
      border: 1px solid var(--mat-sys-outline);
      border-radius: 8px;
      background: var(--mat-sys-surface);
      color: var(--mat-sys-on-surface);
      font: var(--mat-sys-body-medium);
    }
    select:focus-visible {
      outline: 3px solid var(--mat-sys-primary);
    }
  `,
})
export class OrderSelect {
  protected readonly place = inject(HistoryPlace);
  protected readonly choices: readonly { readonly name: SearchOrder; readonly label: string }[] = [
    { name: 'newest', label: 'Newest first' },
    { name: 'oldest', label: 'Oldest first' },
    { name: 'relevance', label: 'Best match' },
  ];

  protected choose(name: string): Promise<boolean> {
    const order = this.choices.find((choice) => choice.name === name)?.name ?? 'newest';
    return this.place.go({ order: order === 'newest' ? null : order });
  }
}
