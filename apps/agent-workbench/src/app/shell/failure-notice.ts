import { Component, booleanAttribute, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { ProblemError } from '../api/problem-error';
import { Icon } from './icon';

/** Asking the same again would bring the same answer. */
const answeredForGood: readonly number[] = [400, 403, 404];

/** Says what went wrong and what to do; read out when it appears, empty while nothing failed. */
@Component({
  selector: 'app-failure-notice',
  imports: [Icon, MatButton],
  templateUrl: './failure-notice.html',
  styleUrl: './failure-notice.scss',
  host: { '[class.failing]': 'problem() !== undefined' },
})
export class FailureNotice {
  readonly failure = input<unknown>();
  readonly retryable = input(false, { transform: booleanAttribute });
  readonly retry = output();

  protected readonly problem = computed(() => {
    const failure = this.failure();
    if (failure === undefined) return undefined;
    return failure instanceof ProblemError
      ? failure
      : new ProblemError(0, 'Something went wrong on this page');
  });
  protected readonly mayRetry = computed(
    () => this.retryable() && !answeredForGood.includes(this.problem()?.status ?? 0),
  );
}
