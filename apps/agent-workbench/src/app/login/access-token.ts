import { Injectable, signal } from '@angular/core';

const tokenKey = 'workbench.access_token';
const agentKey = 'workbench.agent_id';

/** The token and whose it is, kept for this tab alone and gone with it; a reload finds them again. */
@Injectable({ providedIn: 'root' })
export class AccessToken {
  private readonly token = signal(sessionStorage.getItem(tokenKey));
  private readonly owner = signal(sessionStorage.getItem(agentKey));
  readonly value = this.token.asReadonly();
  /** Stays when the token expires. */
  readonly agentId = this.owner.asReadonly();

  keep(token: string, agentId: string): void {
    sessionStorage.setItem(tokenKey, token);
    sessionStorage.setItem(agentKey, agentId);
    this.token.set(token);
    this.owner.set(agentId);
  }

  drop(): void {
    sessionStorage.removeItem(tokenKey);
    sessionStorage.removeItem(agentKey);
    this.token.set(null);
    this.owner.set(null);
  }
}
