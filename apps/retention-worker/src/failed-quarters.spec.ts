import { FailedQuarters } from './failed-quarters.js';

const hourMs = 3_600_000;
const [one, other] = [new Date('2025-10-01T12:00:00Z'), new Date('2025-10-01T12:15:00Z')];

describe('quarter-hours that failed', () => {
  it('are taken out again after an hour, one at a time', () => {
    const failed = new FailedQuarters();
    failed.add(one, 1_000);
    failed.add(other, 1_000);
    expect(failed.take(hourMs + 999)).toBeUndefined();
    expect(failed.all()).toEqual([one, other]);
    expect(failed.take(hourMs + 1_000)).toEqual(one);
    expect(failed.all()).toEqual([other]);
    expect(failed.take(hourMs + 1_000)).toEqual(other);
    expect(failed.take(hourMs + 1_000)).toBeUndefined();
  });

  it('come after the others when they fail again', () => {
    const failed = new FailedQuarters();
    failed.add(one, 0);
    failed.add(other, 1_000);
    failed.add(one, hourMs);
    expect(failed.take(hourMs + 1_000)).toEqual(other);
    expect(failed.take(hourMs + 1_000)).toBeUndefined();
    expect(failed.take(2 * hourMs)).toEqual(one);
  });
});
