import { HttpBackend } from '@angular/common/http';
import { Location } from '@angular/common';
import { provideLocationMocks } from '@angular/common/testing';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { render } from '@testing-library/angular';
import { App } from '../src/app/app';
import { appConfig } from '../src/app/app.config';
import { AccessToken } from '../src/app/login/access-token';
import { type FakeApi } from './fake-api';
import { FakeBackend } from './fake-backend';

/** The whole app at an address, on a fake API; signed in as that account, or not at all. */
export async function openWorkbench(api: FakeApi, address: string, username?: string): Promise<void> {
  await render(App, {
    providers: [
      ...appConfig.providers,
      provideLocationMocks(),
      { provide: HttpBackend, useValue: new FakeBackend(api) },
    ],
    configureTestBed: (testBed) => {
      if (username) testBed.inject(AccessToken).keep(api.tokenFor(username), api.idOf(username));
    },
  });
  await goTo(address);
}

export async function goTo(address: string): Promise<void> {
  await TestBed.inject(Router).navigateByUrl(address);
}

/** What stands in the address bar, below the app's base. */
export function address(): string {
  return decodeURIComponent(TestBed.inject(Location).path());
}
