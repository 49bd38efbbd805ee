import { type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { AccessToken } from '../login/access-token';

/** Shows the API who asks. */
export const bearerInterceptor: HttpInterceptorFn = (request, next) => {
  const token = inject(AccessToken).value();
  return next(token ? request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }) : request);
};
