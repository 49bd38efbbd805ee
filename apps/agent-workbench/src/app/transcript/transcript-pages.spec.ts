import { HttpBackend, provideHttpClient, withInterceptors } from '@angular/common/http';
import { ApplicationRef, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { FakeApi } from '../../../test/fake-api';
import { FakeBackend } from '../../../test/fake-backend';
import { longSession } from '../../../test/fake-data';
import { AccessToken } from '../login/access-token';
import { bearerInterceptor } from '../api/bearer.interceptor';
import { TranscriptPages } from './transcript-pages';

const now = new Date();

function open(api: FakeApi, sessionName = signal('long'), message = signal('')) {
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(withInterceptors([bearerInterceptor])),
      { provide: HttpBackend, useValue: new FakeBackend(api) },
    ],
  });
  TestBed.inject(AccessToken).keep(api.tokenFor('ali'), api.idOf('ali'));
  return TestBed.runInInjectionContext(() => new TranscriptPages(sessionName, message));
}

/** First and last text and how many messages are loaded, once everything asked for is here. */
async function loaded(pages: TranscriptPages) {
  pages.messages();
  await TestBed.inject(ApplicationRef).whenStable();
  const messages = pages.messages();
  return [messages[0]?.content, messages.at(-1)?.content, messages.length];
}

it('keeps at most eight pages and finds its way back to those it dropped', async () => {
  const pages = open(new FakeApi(longSession('long', 500, now)));
  expect(await loaded(pages)).toEqual(['Message 451', 'Message 500', 50]);
  for (let i = 0; i < 9; i += 1) {
    pages.loadOlder();
    await loaded(pages);
  }
  expect(await loaded(pages)).toEqual(['Message 1', 'Message 400', 400]);
  expect(pages.olderCursor()).toBeNull();

  pages.loadNewer();
  expect(await loaded(pages)).toEqual(['Message 51', 'Message 450', 400]);
});

it('forgets one session when another is opened', async () => {
  const name = signal('long');
  const pages = open(new FakeApi([...longSession('long', 60, now), ...longSession('short', 1, now)]), name);
  await loaded(pages);
  name.set('short');
  expect(pages.messages()).toEqual([]);
  expect(await loaded(pages)).toEqual(['Message 1', 'Message 1', 1]);
});

it('keeps what is loaded while the latest end is asked for anew', async () => {
  const api = new FakeApi(longSession('long', 60, now));
  const pages = open(api);
  await loaded(pages);
  api.messages = longSession('long', 61, now);
  pages.loadLatest();
  expect(pages.messages()).toHaveLength(50);
  expect(await loaded(pages)).toEqual(['Message 12', 'Message 61', 50]);
});
