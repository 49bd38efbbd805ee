import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import * as contract from '@chat-history/http-contract';
import { problemError, tookTooLong } from './problem-error';

const answer = (status: number, error: unknown = null, headers = {}) =>
  problemError(new HttpErrorResponse({ status, error, headers: new HttpHeaders(headers) }));

it('says that the database does not answer, with the request id for the log', async () => {
  const problem = await answer(503, { title: 'x', status: 503, request_id: 'r-1' });
  expect(problem.message).toBe('The history is not available right now');
  expect(problem.details.advice).toContain('nothing is lost');
  expect(problem.details.requestId).toBe('r-1');
});

it('says of what took too long how to narrow it, in the words of the service', async () => {
  const problem = await answer(503, { type: tookTooLong, detail: 'Search a shorter time range.' });
  expect(problem.message).toBe('This took too long');
  expect(problem.details.advice).toBe('Search a shorter time range.');
  expect(tookTooLong).toBe(contract.tookTooLong);
});

it('tells how long to wait when throttled', async () => {
  expect((await answer(429, null, { 'Retry-After': '17' })).details.advice).toBe(
    'Wait 17 seconds, then try again.',
  );
  expect((await answer(429)).details.advice).toBe('Wait a minute, then try again.');
});

it('names the faulty fields of a bad request', async () => {
  const errors = [{ field: 'q', message: 'is too long' }];
  expect((await answer(400, { errors })).details.faults).toEqual(errors);
});

it('reads the problem of a failed download, which comes as a Blob', async () => {
  const blob = new Blob([JSON.stringify({ request_id: 'r-2' })]);
  expect((await answer(500, blob)).details.requestId).toBe('r-2');
});

it('does not stumble over an error page that is not JSON', async () => {
  expect((await answer(502, '<html>Bad Gateway</html>')).message).toBe(
    'The history is not available right now',
  );
});

it('tells a time-out from a server that cannot be reached; both may have done what was asked', async () => {
  const late = await answer(0, new DOMException('late', 'TimeoutError'));
  const gone = await answer(0, new TypeError('fetch failed'));
  expect(late.message).toBe('The server took too long to answer');
  expect(gone.message).toBe('The server cannot be reached');
  expect([late.mayHaveArrived, gone.mayHaveArrived]).toEqual([true, true]);
});

it.each([502, 504])(
  'says of a %i, behind which all may have been done, nothing that is not known',
  async (status) => {
    const problem = await answer(status);
    expect(problem.mayHaveArrived).toBe(true);
    expect(problem.details.advice).toBe('Its database or service does not answer. Try again in a moment.');
  },
);

it('knows that what the service itself did not take has not arrived', async () => {
  const problems = await Promise.all([400, 401, 409, 429, 503].map((status) => answer(status)));
  expect(problems.filter(({ mayHaveArrived }) => mayHaveArrived)).toEqual([]);
});
