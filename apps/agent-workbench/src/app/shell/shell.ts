import { Component, inject } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { SignedInAgent } from '../login/signed-in-agent';
import { Icon } from './icon';
import { IconButton } from './icon-button';

/** What stands around every page of someone signed in: the name of the house, who is here, the way out. */
@Component({
  selector: 'app-shell',
  imports: [Icon, IconButton, RouterLink, RouterLinkActive, RouterOutlet],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  protected readonly agent = inject(SignedInAgent);
}
