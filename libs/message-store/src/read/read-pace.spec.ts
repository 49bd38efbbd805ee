import { ReadPace } from './read-pace.js';

/** How long a read rests after each of its statements, which took so long. */
function rests(way: ConstructorParameters<typeof ReadPace>[0], statementsMs: readonly number[]): number[] {
  let nowMs = 0;
  const pace = new ReadPace(way, nowMs);
  return statementsMs.map((ms) => {
    nowMs += ms;
    const restMs = pace.restMs(ms, nowMs);
    nowMs += restMs;
    return restMs;
  });
}

describe('a read', () => {
  it('does not rest before it has worked for half a second', () => {
    expect(rests('ordered', [200, 200, 99])).toEqual([0, 0, 0]);
  });

  it('that walks past every message works for a quarter of the time from then on', () => {
    expect(rests('ordered', [300, 300, 100])).toEqual([0, 1_800, 300]);
  });

  it('by the index works for half of the time', () => {
    expect(rests('gathered', [300, 300, 100])).toEqual([0, 600, 100]);
    expect(rests('planned', [600])).toEqual([600]);
  });

  it('need not rest for what it waited anyway', () => {
    const pace = new ReadPace('gathered', 0);
    expect(pace.restMs(600, 1_000)).toBe(200);
    expect(pace.restMs(100, 5_000)).toBe(0);
  });
});
