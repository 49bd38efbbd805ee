import type { FigureResult } from './figure.mts';
import { headroom, judge } from './judgement.mts';

const result = (special: Partial<FigureResult>): FigureResult => ({
  what: 'w',
  value: 40,
  unit: 'ms',
  ...special,
});
const holds = (special: Partial<FigureResult>) =>
  judge({ name: 'f', needs: ['1M'] }, result(special), '1M').holds;

describe('the judgement of a figure', () => {
  it('holds a value to its limit, the limit included', () => {
    expect([39, 40, 41].map((atMost) => holds({ limit: { atMost } }))).toEqual([false, true, true]);
    expect([39, 40, 41].map((atLeast) => holds({ limit: { atLeast } }))).toEqual([true, true, false]);
  });

  it('holds the ratio to it where there is one', () => {
    expect(holds({ ratio: 1.4, limit: { atMost: 1.5 } })).toBe(true);
    expect(holds({ ratio: 1.6, limit: { atMost: 1.5 } })).toBe(false);
    expect(holds({ ratio: NaN, limit: { atMost: 1.5 } })).toBe(false);
  });

  it('has nothing to say of what is only reported, and leaves a figure its own verdict', () => {
    expect(holds({})).toBeUndefined();
    expect(holds({ limit: { atMost: 1 }, holds: true })).toBe(true);
  });

  it('judges nothing on less data than the figure needs', () => {
    const short = result({ limit: { atMost: 1 } });
    expect(judge({ name: 'f', needs: ['10M', '100k'] }, short, '1M').holds).toBeUndefined();
    expect(judge({ name: 'f', needs: ['10M', '100k'] }, short, '10M').holds).toBe(false);
    expect(judge({ name: 'f', needs: [] }, short, '100k').holds).toBe(false);
  });

  it('knows how many times better than its limit a result is', () => {
    expect(headroom(result({ limit: { atMost: 80 } }))).toBe(2);
    expect(headroom(result({ ratio: 50, limit: { atLeast: 100 } }))).toBe(0.5);
    expect(headroom(result({}))).toBeUndefined();
  });
});
