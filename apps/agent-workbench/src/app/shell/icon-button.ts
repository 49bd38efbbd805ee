import { Component, input } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import { Icon, type IconName } from './icon';

/** A button of one icon, whose label is read out and shown as a tooltip. What is clicked in it comes from this element. */
@Component({
  selector: 'app-icon-button',
  imports: [Icon, MatIconButton, MatTooltip],
  template: `
    <button matIconButton type="button" [matTooltip]="label()" [attr.aria-label]="label()">
      <app-icon [name]="icon()" />
    </button>
  `,
})
export class IconButton {
  readonly icon = input.required<IconName>();
  readonly label = input.required<string>();
}
