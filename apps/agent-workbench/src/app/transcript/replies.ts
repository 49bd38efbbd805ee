import { Injectable, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { type ProblemError, asProblem } from '../api/problem-error';
import { WorkbenchApi } from '../api/workbench-api';
import { ReplyDrafts } from './reply-drafts';

/** More failures than a person goes back to. */
const maxKept = 100;

/** An answer on its way; with a failure, one that did not get there. One that arrived is none any more. */
interface Reply {
  readonly failure?: ProblemError;
}

/** What becomes of the answers that were sent, by session: each goes on while its reader is elsewhere. */
@Injectable({ providedIn: 'root' })
export class Replies {
  private readonly api = inject(WorkbenchApi);
  private readonly drafts = inject(ReplyDrafts);
  private readonly replies = signal<ReadonlyMap<string, Reply>>(new Map());

  isSending(sessionName: string): boolean {
    const reply = this.replies().get(sessionName);
    return reply !== undefined && reply.failure === undefined;
  }

  failureOf(sessionName: string): ProblemError | undefined {
    return this.replies().get(sessionName)?.failure;
  }

  /** @returns why it failed; undefined when it arrived, and when it was forgotten meanwhile */
  async send(sessionName: string, content: string): Promise<ProblemError | undefined> {
    const reply: Reply = {};
    this.put(sessionName, reply);
    const failure = await this.failureToStore(sessionName, content);
    // Whoever works here now did not send it.
    if (this.replies().get(sessionName) !== reply) return undefined;
    if (!failure) this.drafts.sent(sessionName);
    this.put(sessionName, failure && { failure });
    return failure;
  }

  /** The drafts, too. */
  forgetAll(): void {
    this.replies.set(new Map());
    this.drafts.forgetAll();
  }

  private async failureToStore(sessionName: string, content: string): Promise<ProblemError | undefined> {
    try {
      const key = this.drafts.keyOf(sessionName, content);
      await firstValueFrom(this.api.answer(sessionName, { content }, key));
      return undefined;
    } catch (cause) {
      return asProblem(cause);
    }
  }

  private put(sessionName: string, reply: Reply | undefined): void {
    const others = [...this.replies()].filter(([name]) => name !== sessionName);
    this.replies.set(new Map(reply ? [...others.slice(1 - maxKept), [sessionName, reply]] : others));
  }
}
