import { Injectable, computed, inject, signal } from '@angular/core';
import { type ChatMessage } from '@chat-history/http-contract';
import { SignedInAgent } from '../login/signed-in-agent';

/** Whom one can ask for by name: oneself, and who spoke in what was read so far. Agents' ids say nothing to a reader. */
@Injectable()
export class KnownAgents {
  private readonly signedIn = inject(SignedInAgent);
  private readonly met = signal<ReadonlyMap<string, string>>(new Map());

  readonly all = computed(() => {
    const me = this.signedIn.me();
    const others = [...this.met()].filter(([id]) => id !== me?.agent_id);
    others.sort(([, one], [, other]) => one.localeCompare(other));
    return [
      ...(me ? [{ id: me.agent_id, name: `Me (${me.agent_name})` }] : []),
      ...others.map(([id, name]) => ({ id, name })),
    ];
  });

  meet(messages: readonly ChatMessage[]): void {
    const named = messages.flatMap(({ agent_id: id, agent_name: name }) => (id && name ? [[id, name]] : []));
    const isNew = ([id, name]: string[]) => this.met().get(id ?? '') !== name;
    if (named.some(isNew)) this.met.update((met) => new Map([...met, ...(named as [string, string][])]));
  }
}
