import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { type SearchHit } from '@chat-history/http-contract';
import { HistoryPlace } from '../history/history-place';
import { roleNames } from '../shell/role-names';
import { statusNames } from '../shell/status-names';
import { When } from '../shell/when';

/** One message that was found, with the place of the hit; a link to where it was said. */
@Component({
  selector: 'app-hit-card',
  imports: [RouterLink, When],
  templateUrl: './hit-card.html',
  styleUrl: '../shell/list-link.scss',
  styles: `
    .text {
      -webkit-line-clamp: 4;
    }
    mark {
      padding: 0 1px;
      border-radius: 3px;
      background: var(--app-mark);
      color: var(--app-on-mark);
    }
  `,
})
export class HitCard {
  protected readonly place = inject(HistoryPlace);
  readonly hit = input.required<SearchHit>();

  protected readonly statusNames = statusNames;
  protected readonly speaker = computed(() => {
    const { role, agent_name: agentName } = this.hit().message;
    return agentName ?? roleNames[role];
  });
}
