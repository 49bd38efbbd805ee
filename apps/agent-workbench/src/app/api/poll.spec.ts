import {
  HttpBackend,
  HttpErrorResponse,
  HttpResponse,
  httpResource,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { type WritableSignal, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { defer, of, throwError } from 'rxjs';
import { poll, pollAfterFailureMs, pollMs } from './poll';
import { problemInterceptor } from './problem.interceptor';

let asked: number;
let status: number;
let hidden: boolean;
let awaited: WritableSignal<boolean>;

beforeEach(async () => {
  jest.useFakeTimers();
  [asked, status, hidden, awaited] = [0, 200, false, signal(true)];
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  const handle = () =>
    defer(() => {
      asked += 1;
      return status === 200
        ? of(new HttpResponse({ status, body: {} }))
        : throwError(() => new HttpErrorResponse({ status }));
    });
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(withInterceptors([problemInterceptor])),
      { provide: HttpBackend, useValue: { handle } },
    ],
  });
  TestBed.runInInjectionContext(() =>
    poll(
      httpResource(() => '/list'),
      awaited,
    ),
  );
  await pass(0);
});
afterEach(() => {
  jest.useRealTimers();
  Reflect.deleteProperty(document, 'hidden');
});

/** Lets so many milliseconds pass, with what Angular does in them. */
async function pass(ms: number): Promise<void> {
  TestBed.tick();
  await jest.advanceTimersByTimeAsync(ms);
  for (let round = 0; round < 5; round += 1) {
    TestBed.tick();
    await jest.advanceTimersByTimeAsync(0);
  }
}

async function show(isHidden: boolean): Promise<void> {
  hidden = isHidden;
  document.dispatchEvent(new Event('visibilitychange'));
  await pass(0);
}

it('asks again so long after each answer, until nothing is awaited', async () => {
  expect(asked).toBe(1);
  await pass(pollMs - 1);
  expect(asked).toBe(1);
  await pass(1);
  await pass(pollMs);
  expect(asked).toBe(3);
  awaited.set(false);
  await pass(10 * pollMs);
  expect(asked).toBe(3);
});

it('asks nothing while the page is hidden', async () => {
  await show(true);
  await pass(10 * pollMs);
  expect(asked).toBe(1);
  await show(false);
  await pass(pollMs);
  expect(asked).toBe(2);
});

it('leaves a service that fails more time, and asks no more who is refused', async () => {
  status = 503;
  await pass(pollMs);
  await pass(pollAfterFailureMs - 1);
  expect(asked).toBe(2);
  status = 403;
  await pass(1);
  await pass(10 * pollAfterFailureMs);
  expect(asked).toBe(3);
});
