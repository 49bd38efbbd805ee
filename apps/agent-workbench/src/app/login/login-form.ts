import {
  Component,
  type ElementRef,
  afterNextRender,
  computed,
  inject,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { ProblemError, asProblem } from '../api/problem-error';
import { FailureNotice } from '../shell/failure-notice';
import { SignedInAgent } from './signed-in-agent';

/** User name and password; on the sign-in page and in the dialog after the token has expired. */
@Component({
  selector: 'app-login-form',
  imports: [FailureNotice, FormsModule, MatButton, MatFormField, MatInput, MatLabel],
  templateUrl: './login-form.html',
  styles: `
    form {
      display: grid;
      gap: 16px;
    }
    .actions {
      display: flex;
      flex-direction: row-reverse;
      gap: 8px;
    }
  `,
})
export class LoginForm {
  private readonly agent = inject(SignedInAgent);
  private readonly usernameField = viewChild.required<ElementRef<HTMLInputElement>>('usernameField');
  private readonly passwordField = viewChild.required<ElementRef<HTMLInputElement>>('passwordField');

  readonly signedIn = output();

  protected readonly username = signal('');
  protected readonly password = signal('');
  protected readonly complete = computed(() => this.username() !== '' && this.password() !== '');
  protected readonly waiting = signal(false);
  protected readonly failure = signal<ProblemError | undefined>(undefined);

  constructor() {
    afterNextRender({ write: () => this.usernameField().nativeElement.focus() });
  }

  protected async submit(): Promise<void> {
    if (!this.complete() || this.waiting()) return;
    this.waiting.set(true);
    this.failure.set(undefined);
    try {
      await this.agent.signIn(this.username(), this.password());
      this.signedIn.emit();
    } catch (cause) {
      const problem = asProblem(cause);
      this.failure.set(
        problem.status === 401 ? new ProblemError(401, 'User name or password is wrong') : problem,
      );
      this.passwordField().nativeElement.select();
    } finally {
      this.waiting.set(false);
    }
  }
}
