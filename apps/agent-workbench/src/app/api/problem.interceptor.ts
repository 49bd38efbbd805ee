import { type HttpEvent, type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { type Observable, catchError, from, switchMap, throwError } from 'rxjs';
import { AccessToken } from '../login/access-token';
import { SignInAgain } from '../login/sign-in-again';
import { type ProblemError, problemError } from './problem-error';
import { signingIn } from './signing-in';

/**
 * Every failure of every call passes here and leaves as a ProblemError. An expired sign-in first asks for a new
 * one over the page as it stands, then sends the same request once more: nobody loses place or text to a timer. What
 * one agent asked is never sent as another.
 */
export const problemInterceptor: HttpInterceptorFn = (request, next) => {
  const signInAgain = inject(SignInAgain);
  const token = inject(AccessToken);
  const sender = token.agentId();
  const send = () => explained(next(request));
  if (request.context.get(signingIn)) return send();

  return send().pipe(
    catchError((problem: ProblemError) => {
      if (problem.status !== 401 || token.agentId() !== sender) return throwError(() => problem);
      return from(signInAgain.ask()).pipe(
        switchMap((signedIn) => (signedIn ? send() : throwError(() => problem))),
      );
    }),
  );
};

function explained(answer: Observable<HttpEvent<unknown>>): Observable<HttpEvent<unknown>> {
  return answer.pipe(
    catchError((cause: unknown) =>
      from(problemError(cause)).pipe(switchMap((problem) => throwError(() => problem))),
    ),
  );
}
