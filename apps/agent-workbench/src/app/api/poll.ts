import { type HttpResourceRef } from '@angular/common/http';
import { DOCUMENT, DestroyRef, type Signal, effect, inject, signal } from '@angular/core';
import { ProblemError } from './problem-error';

export const pollMs = 3_000;
export const pollAfterFailureMs = 15_000;

/** Asking again would only ask for a password again. */
const refused: readonly number[] = [401, 403];

/** Asks for a resource anew, so long after each answer, while something is awaited and the page is to be seen. */
export function poll(resource: HttpResourceRef<unknown>, awaited: Signal<boolean>): void {
  const seen = pageIsSeen();
  effect((onCleanup) => {
    if (!awaited() || !seen() || resource.isLoading()) return;
    const failure = resource.error();
    if (failure instanceof ProblemError && refused.includes(failure.status)) return;
    const timer = setTimeout(() => resource.reload(), failure ? pollAfterFailureMs : pollMs);
    onCleanup(() => clearTimeout(timer));
  });
}

function pageIsSeen(): Signal<boolean> {
  const document = inject(DOCUMENT);
  const seen = signal(!document.hidden);
  const look = () => seen.set(!document.hidden);
  document.addEventListener('visibilitychange', look);
  inject(DestroyRef).onDestroy(() => document.removeEventListener('visibilitychange', look));
  return seen;
}
