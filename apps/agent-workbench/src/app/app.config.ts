import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { type ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { MAT_FORM_FIELD_DEFAULT_OPTIONS } from '@angular/material/form-field';
import { provideRouter, withComponentInputBinding, withNavigationErrorHandler } from '@angular/router';
import { bearerInterceptor } from './api/bearer.interceptor';
import { problemInterceptor } from './api/problem.interceptor';
import { routes } from './app.routes';
import { sayNotLoaded } from './shell/page-not-loaded';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(routes, withComponentInputBinding(), withNavigationErrorHandler(sayNotLoaded)),
    // The problem interceptor is the outer one: what it sends again after a new sign-in gets the new token.
    provideHttpClient(withInterceptors([problemInterceptor, bearerInterceptor])),
    {
      provide: MAT_FORM_FIELD_DEFAULT_OPTIONS,
      useValue: { appearance: 'outline', subscriptSizing: 'dynamic' },
    },
  ],
};
