import { Component, computed, input, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { type ChatMessage } from '@chat-history/http-contract';
import { type IconName, Icon } from '../shell/icon';
import { roleNames } from '../shell/role-names';
import { When } from '../shell/when';
import { beginningOf } from './beginning-of';

/** Shown of a longer message until the reader asks for all: a text may have a million characters. */
const shownCharacters = 4_000;

/** One message, always as text: who, when, what, how long it took and whether it was cut. */
@Component({
  selector: 'app-message-card',
  imports: [Icon, MatButton, When],
  templateUrl: './message-card.html',
  styleUrl: './message-card.scss',
  host: { '[attr.data-role]': 'message().role', '[class.found]': 'found()' },
})
export class MessageCard {
  readonly message = input.required<ChatMessage>();
  /** Whether this is the message that the reader looked for; it is shown whole. */
  readonly found = input(false);

  protected readonly icon = computed<IconName>(() => this.message().role);
  protected readonly role = computed(() => roleNames[this.message().role]);
  protected readonly whole = linkedSignal(() => this.found());
  protected readonly text = computed(() => {
    const { content } = this.message();
    return this.whole() ? content : beginningOf(content, shownCharacters);
  });
  protected readonly hiddenCharacters = computed(() => this.message().content.length - this.text().length);
  protected readonly responseTime = computed(() => {
    const ms = this.message().response_time_ms;
    if (ms === null) return '';
    return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
  });
}
