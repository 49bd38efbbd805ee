import { httpResource } from '@angular/common/http';
import { Injectable, computed, effect, inject } from '@angular/core';
import { Router } from '@angular/router';
import { type Me } from '@chat-history/http-contract';
import { firstValueFrom } from 'rxjs';
import { WorkbenchApi } from '../api/workbench-api';
import { Replies } from '../transcript/replies';
import { AccessToken } from './access-token';

/** How long after a failure the API is asked again whose the token is. */
const askAgainMs = 10_000;

/** Who works here, and the ways to change that. */
@Injectable({ providedIn: 'root' })
export class SignedInAgent {
  private readonly api = inject(WorkbenchApi);
  private readonly token = inject(AccessToken);
  private readonly replies = inject(Replies);
  private readonly router = inject(Router);
  private readonly resource = httpResource<Me>(() => (this.token.value() ? this.api.me() : undefined));

  /** Undefined until the API has said who the token belongs to. */
  readonly me = computed(() => (this.resource.hasValue() ? this.resource.value() : undefined));

  constructor() {
    effect((onCleanup) => {
      if (this.resource.status() !== 'error') return;
      const timer = setTimeout(() => this.resource.reload(), askAgainMs);
      onCleanup(() => clearTimeout(timer));
    });
  }

  /**
   * Another agent than the one before finds nothing of theirs, and is not known before the API has said so.
   * @throws ProblemError
   */
  async signIn(username: string, password: string): Promise<void> {
    const { access_token: token } = await firstValueFrom(this.api.logIn({ username, password }));
    const { agent_id: agentId } = await firstValueFrom(this.api.ownerOf(token));
    if (agentId !== this.token.agentId()) this.replies.forgetAll();
    this.token.keep(token, agentId);
  }

  /** Shows the first page; by way of the sign-in page, so that nothing stays of a page that stands there. */
  async startAnew(): Promise<void> {
    await this.router.navigate(['/login'], { skipLocationChange: true });
    await this.router.navigate(['/history']);
  }

  async signOut(): Promise<void> {
    this.token.drop();
    this.replies.forgetAll();
    await this.router.navigate(['/login']);
  }
}
