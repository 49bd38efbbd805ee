import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { AccessToken } from './access-token';

/** Sends a visitor without a token to the sign-in page, which brings them back to the same address. */
export const requireSignIn: CanActivateFn = (_route, state) =>
  inject(AccessToken).value()
    ? true
    : inject(Router).createUrlTree(['/login'], { queryParams: { return: state.url } });
