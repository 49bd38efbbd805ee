import { type Routes } from '@angular/router';
import { requireSignIn } from './login/require-sign-in';

export const routes: Routes = [
  {
    path: 'login',
    title: 'Sign in · Agent workbench',
    loadComponent: async () => (await import('./login/login-page')).LoginPage,
  },
  {
    path: '',
    canActivate: [requireSignIn],
    loadComponent: async () => (await import('./shell/shell')).Shell,
    children: [
      {
        path: 'history',
        title: 'History · Agent workbench',
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
