import { type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { AccessToken } from '../login/access-token';
import { signingIn } from './signing-in';

/** Shows the API who asks. */
export const bearerInterceptor: HttpInterceptorFn = (request, next) => {
  const token = inject(AccessToken).value();
  if (!token || request.context.get(signingIn)) return next(request);
  return next(request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }));
};
