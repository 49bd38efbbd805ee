import { Component, DestroyRef, computed, inject, input, output } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { CdkTextareaAutosize } from '@angular/cdk/text-field';
import { MatInput } from '@angular/material/input';
import { MatSnackBar } from '@angular/material/snack-bar';
import { type ProblemError } from '../api/problem-error';
import { FailureNotice } from '../shell/failure-notice';
import { Icon } from '../shell/icon';
import { Replies } from './replies';
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
  private readonly drafts = inject(ReplyDrafts);
  private readonly replies = inject(Replies);
  private readonly snackBar = inject(MatSnackBar);
  private readonly destroyRef = inject(DestroyRef);

  readonly sessionName = input.required<string>();
  readonly sent = output();

  protected readonly maxCharacters = maxReplyCharacters;
  protected readonly text = computed(() => this.drafts.of(this.sessionName()));
  protected readonly sending = computed(() => this.replies.isSending(this.sessionName()));
  protected readonly failure = computed(() => this.replies.failureOf(this.sessionName()));
  protected readonly empty = computed(() => this.text().trim() === '');

  protected type(text: string): void {
    this.drafts.keep(this.sessionName(), text);
  }

  protected async send(): Promise<void> {
    if (this.empty() || this.sending()) return;
    const sessionName = this.sessionName();
    const failure = await this.replies.send(sessionName, this.text().toWellFormed());
    // The reader may have gone to another session meanwhile, or to another page.
    const isOpen = !this.destroyRef.destroyed && sessionName === this.sessionName();
    if (isOpen && !failure) this.sent.emit();
    if (!isOpen && failure) this.sayFailure(sessionName, failure);
  }

  private sayFailure(sessionName: string, { mayHaveArrived, message }: ProblemError): void {
    const became = mayHaveArrived ? 'may have arrived all the same' : 'was not sent; it is still there';
    this.snackBar.open(`Your answer in ${sessionName} ${became}. ${message}.`, 'Dismiss', {
      politeness: 'assertive',
      verticalPosition: 'top',
    });
  }
}
