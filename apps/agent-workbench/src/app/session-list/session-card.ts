import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { type ChatSession } from '@chat-history/http-contract';
import { HistoryPlace } from '../history/history-place';
import { roleNames } from '../shell/role-names';
import { When } from '../shell/when';

/** One session in the list: its name, its last message in the chosen time and how many it has. */
@Component({
  selector: 'app-session-card',
  imports: [RouterLink, When],
  template: `
    <a
      [routerLink]="[]"
      [queryParams]="{ session: session().session_name, message: null, scope: null, pane: null }"
      queryParamsHandling="merge"
      [attr.aria-current]="place.session() === session().session_name || null"
    >
      <span class="line">
        <bdi class="name">{{ session().session_name }}</bdi>
        <time class="small" [attr.datetime]="session().last_message_at">{{
          session().last_message_at | when: 'short'
        }}</time>
      </span>
      <div class="line">
        <p class="text" dir="auto">
          <span class="role">{{ role() }}:</span> {{ session().last_message_preview }}
        </p>
        <span class="small count">
          {{ session().message_count.toLocaleString() }}<span class="cdk-visually-hidden"> messages</span>
        </span>
      </div>
    </a>
  `,
  styleUrl: '../shell/list-link.scss',
  styles: `
    .text {
      flex: 1;
      -webkit-line-clamp: 2;
    }
    .count {
      padding: 0 8px;
      border-radius: 8px;
      background: var(--mat-sys-surface-container-highest);
    }
    a[aria-current] .count {
      color: var(--mat-sys-on-surface);
    }
    .role {
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class SessionCard {
  protected readonly place = inject(HistoryPlace);
  readonly session = input.required<ChatSession>();

  protected readonly role = computed(() => roleNames[this.session().last_role]);
}
