import { endsWithin } from './drain.js';

describe('what has so long to end', () => {
  it('has ended when it ends in time, or when there is nothing', async () => {
    expect(await endsWithin(1_000, Promise.resolve())).toBe(true);
    expect(await endsWithin(1_000, undefined)).toBe(true);
  });

  it('has not when the time is over first', async () => {
    expect(await endsWithin(1, new Promise<void>(() => undefined))).toBe(false);
  });
});
