import { Component, computed, inject, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { type MessageRole, type MessageStatus } from '@chat-history/http-contract';
import { HistoryPlace } from '../history/history-place';
import { Icon } from '../shell/icon';
import { roleNames } from '../shell/role-names';
import { statusNames } from '../shell/status-names';
import { KnownAgents } from './known-agents';

/** Whose messages, and of which status; with words or without. */
@Component({
  selector: 'app-filter-form',
  imports: [Icon, MatButton, MatFormField, MatInput, MatLabel],
  templateUrl: './filter-form.html',
  styleUrl: './filter-form.scss',
})
export class FilterForm {
  protected readonly place = inject(HistoryPlace);
  private readonly known = inject(KnownAgents);

  protected readonly roles: readonly MessageRole[] = ['user', 'assistant', 'agent'];
  protected readonly roleNames = roleNames;
  protected readonly statuses: readonly MessageStatus[] = ['complete', 'interrupted', 'failed'];
  protected readonly statusNames = statusNames;
  /** What narrows the list is not hidden from who opens its address. */
  protected readonly open = linkedSignal<number, boolean>({
    source: this.place.saidBy,
    computation: (count, previous) => previous?.value || count > 0,
  });
  /** Also the one in the address, whose name may not be known. */
  protected readonly agents = computed(() => {
    const [known, id] = [this.known.all(), this.place.agent()];
    return id === '' || known.some((agent) => agent.id === id) ? known : [...known, { id, name: id }];
  });

  protected narrow(what: 'role' | 'agent' | 'status', value: string): Promise<boolean> {
    return this.place.go({ [what]: value || null, message: null });
  }

  protected clear(): Promise<boolean> {
    return this.place.go({ role: null, agent: null, status: null });
  }
}
