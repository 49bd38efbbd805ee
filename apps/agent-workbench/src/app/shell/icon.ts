import { Component, computed, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import {
  mdiAccountTieOutline,
  mdiAlertCircleOutline,
  mdiArrowLeft,
  mdiCancel,
  mdiChevronLeft,
  mdiChevronRight,
  mdiClose,
  mdiContentCopy,
  mdiDownload,
  mdiFileExportOutline,
  mdiFilterVariant,
  mdiForumOutline,
  mdiLogout,
  mdiMagnify,
  mdiRefresh,
  mdiRobotOutline,
  mdiSend,
  mdiTextSearch,
  mdiTrashCanOutline,
  mdiAccountOutline,
} from '@mdi/js';

const shapes = {
  agent: mdiAccountTieOutline,
  alert: mdiAlertCircleOutline,
  assistant: mdiRobotOutline,
  back: mdiArrowLeft,
  cancel: mdiCancel,
  chats: mdiForumOutline,
  close: mdiClose,
  copy: mdiContentCopy,
  delete: mdiTrashCanOutline,
  download: mdiDownload,
  exports: mdiFileExportOutline,
  filter: mdiFilterVariant,
  next: mdiChevronRight,
  previous: mdiChevronLeft,
  refresh: mdiRefresh,
  search: mdiMagnify,
  searchHere: mdiTextSearch,
  send: mdiSend,
  signOut: mdiLogout,
  user: mdiAccountOutline,
};

export type IconName = keyof typeof shapes;

/** A picture beside words or in a labelled button; it says nothing of its own to a screen reader. */
@Component({
  selector: 'app-icon',
  imports: [MatIcon],
  template: `
    <mat-icon>
      <svg viewBox="0 0 24 24" focusable="false"><path [attr.d]="shape()" /></svg>
    </mat-icon>
  `,
  styles: `
    :host {
      display: inline-flex;
    }
    mat-icon {
      width: var(--app-icon-size, 24px);
      height: var(--app-icon-size, 24px);
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
      fill: currentColor;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly shape = computed(() => shapes[this.name()]);
}
