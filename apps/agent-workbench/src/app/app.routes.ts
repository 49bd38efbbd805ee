import { type Routes } from '@angular/router';
import { LoginPage } from './login/login-page';
import { requireSignIn } from './login/require-sign-in';

export const routes: Routes = [
  {
    path: 'login',
    title: 'Sign in · Agent workbench',
    // Not loaded when it is needed: the server may then have only the files of a newer build.
    component: LoginPage,
  },
  {
    path: '',
    canActivate: [requireSignIn],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      {
        // Without a title: its page sets one that names the open session, which the router's would replace.
        path: 'history',
        loadComponent: async () => (await import('./history/history-page')).HistoryPage,
      },
      {
        path: 'exports',
        title: 'Exports · Agent workbench',
        loadComponent: async () => (await import('./exports/exports-page')).ExportsPage,
      },
      { path: '', pathMatch: 'full', redirectTo: 'history' },
    ],
  },
  { path: '**', redirectTo: 'history' },
];
