import { Component, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { type KeysetPages } from '../api/keyset-pages';
import { Icon } from './icon';

/** Previous and next page of a keyset-paged list; hidden when everything is on one page. */
@Component({
  selector: 'app-pager',
  imports: [Icon, MatButton],
  template: `
    @if (pages().number() > 1 || nextCursor()) {
      <nav [attr.aria-label]="label()">
        <button
          matButton
          type="button"
          disabledInteractive
          [disabled]="pages().number() === 1"
          (click)="pages().back()"
        >
          <app-icon matButtonIcon name="previous" class="mat-icon" /> Previous page
        </button>
        <span>Page {{ pages().number() }}</span>
        <button matButton type="button" disabledInteractive [disabled]="!nextCursor()" (click)="forward()">
          Next page <app-icon matButtonIcon name="next" class="mat-icon" iconPositionEnd />
        </button>
      </nav>
    }
  `,
  styles: `
    nav {
      display: flex;
      align-items: center;
      justify-content: space-between;
      padding: 4px 8px;
      border-top: 1px solid var(--mat-sys-outline-variant);
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class Pager {
  readonly label = input.required<string>();
  readonly pages = input.required<KeysetPages>();
  /** Of the page shown; null on the last one and while a page is on its way. */
  readonly nextCursor = input.required<string | null | undefined>();

  protected forward(): void {
    const cursor = this.nextCursor();
    if (cursor) this.pages().forward(cursor);
  }
}
