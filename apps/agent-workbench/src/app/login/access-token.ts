import { Injectable, signal } from '@angular/core';

const storageKey = 'workbench.access_token';

/** The token, kept for this tab alone and gone with it; a reload finds it again. */
@Injectable({ providedIn: 'root' })
export class AccessToken {
  private readonly token = signal(sessionStorage.getItem(storageKey));
  readonly value = this.token.asReadonly();

  keep(token: string): void {
    sessionStorage.setItem(storageKey, token);
    this.token.set(token);
  }

  drop(): void {
    sessionStorage.removeItem(storageKey);
    this.token.set(null);
  }
}
