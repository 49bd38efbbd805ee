import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { CdkTextareaAutosize } from '@angular/cdk/text-field';
import { MatInput } from '@angular/material/input';
import { firstValueFrom } from 'rxjs';
import { type ProblemError, asProblem } from '../api/problem-error';
import { WorkbenchApi } from '../api/workbench-api';
import { FailureNotice } from '../shell/failure-notice';
import { Icon } from '../shell/icon';
import { ReplyDrafts } from './reply-drafts';

/** The contract's bound, in UTF-16 code units; its spec compares, the schema itself would bring zod into the page. */
export const maxReplyCharacters = 32_000;

/** Where an agent answers. What was typed stays until the server has it. */
@Component({
  selector: 'app-reply-box',
  imports: [
    CdkTextareaAutosize,
    FailureNotice,
    FormsModule,
    Icon,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
  ],
  templateUrl: './reply-box.html',
  styleUrl: './reply-box.scss',
})
export class ReplyBox {
  private readonly api = inject(WorkbenchApi);
  private readonly drafts = inject(ReplyDrafts);

  readonly sessionName = input.required<string>();
  readonly sent = output();

  protected readonly maxCharacters = maxReplyCharacters;
  protected readonly text = linkedSignal(() => this.drafts.of(this.sessionName()));
  protected readonly sending = signal(false);
  protected readonly failure = linkedSignal<string, ProblemError | undefined>({
    source: this.sessionName,
    computation: () => undefined,
  });
  protected readonly empty = computed(() => this.text().trim() === '');

  protected type(text: string): void {
    this.text.set(text);
    this.drafts.keep(this.sessionName(), text);
  }

  protected async send(): Promise<void> {
    if (this.empty() || this.sending()) return;
    const sessionName = this.sessionName();
    const content = this.text().toWellFormed();
    this.sending.set(true);
    this.failure.set(undefined);
    try {
      const key = this.drafts.keyOf(sessionName, content);
      await firstValueFrom(this.api.answer(sessionName, { content }, key));
      this.drafts.sent(sessionName);
      // The reader may have gone to another session meanwhile, where another draft stands.
      if (sessionName === this.sessionName()) {
        this.text.set('');
        this.sent.emit();
      }
    } catch (cause) {
      const problem = asProblem(cause);
      if (sessionName === this.sessionName()) this.failure.set(problem);
    } finally {
      this.sending.set(false);
    }
  }
}
