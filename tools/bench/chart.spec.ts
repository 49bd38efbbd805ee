import { chartOf } from './chart.mts';
import type { Judged } from './judgement.mts';
import { tableOf } from './table.mts';

const results: Judged[] = [
  {
    ...{ figure: 'list', what: 'first page <p95>', value: 2.345, unit: 'ms', holds: true },
    ...{ beside: { what: 'at 100k', value: 2 }, ratio: 1.1725, limit: { atMost: 1.5 } },
  },
  {
    figure: 'writes',
    what: 'messages',
    value: 12_345.6,
    unit: 'messages/s',
    limit: { atLeast: 20_000 },
    holds: false,
  },
  { figure: 'other', what: 'reported', value: 0.01234, unit: 'ms', note: 'alone' },
];

describe('the outcome of a run', () => {
  it('is a table for a terminal', () => {
    expect(tableOf(results).split('\n')).toEqual([
      'figure                    value              beside         ratio   to reach             holds',
      'list    first page <p95>  2.35 ms            at 100k: 2 ms  1.17 ×  ≤ 1.5 ×              yes',
      'writes  messages          12,346 messages/s                         ≥ 20,000 messages/s  NO',
      'other   reported          0.012 ms',
      '  reported: alone',
    ]);
  });

  it('is a page that loads nothing, with a bar for every limit and texts that are no markup', () => {
    const page = chartOf({
      ...{ measuredAt: '2026-11-22T10:00:00.000Z', size: '1M', quick: false, seed: 1, results },
      failures: [{ figure: 'x', reason: 'a & b' }],
      machine: { cores: 2, processor: 'p', memoryGiB: 8, node: '24', postgres: '18', settings: ['a=b'] },
    });
    expect(page.match(/<rect class="\w+"/g)).toEqual(['<rect class="kept"', '<rect class="short"']);
    expect(page).toContain('first page &lt;p95&gt;');
    expect(page).toContain('x could not be measured: a &amp; b');
    expect(page).not.toMatch(/<script|<link|src=|https?:/);
  });
});
