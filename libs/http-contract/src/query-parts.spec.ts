import { limit, timeZone } from './query-parts.js';
import { searchQuery } from './search.contract.js';

/** The fields that a query is refused for. */
function faults(query: object): string[] {
  return searchQuery.safeParse(query).error?.issues.map(({ path }) => path.join('.')) ?? [];
}

describe('the parts of a query', () => {
  it('have 50 items a page if nothing is said, and 1 to 200 if it is', () => {
    expect([undefined, '1', '200'].map((text) => limit.parse(text))).toEqual([50, 1, 200]);
    for (const text of ['0', '201', '-1', '1.5', '1e2', '', 'ten'])
      expect(faults({ limit: text })).toEqual(['limit']);
  });

  it('are instants with an offset, or dates, that exist', () => {
    for (const from of [
      '2026-11-01',
      '2026-11-01T00:00:00Z',
      '2026-11-01T08:00:00.123+08:00',
      '2024-02-29',
    ]) {
      expect(faults({ from })).toEqual([]);
    }
    for (const from of [
      '2026-02-30',
      '2026-11-01T00:00:00',
      'yesterday',
      '',
      '0000-01-01',
      '0001-01-01T00:00:00+01:00',
    ]) {
      expect(faults({ from })).toContain('from');
    }
  });

  it('are a range that does not end before it begins, also across offsets', () => {
    expect(faults({ from: '2026-11-02', to: '2026-11-01' })).toEqual(['from']);
    expect(faults({ from: '2026-11-01T08:00:00+08:00', to: '2026-11-01T00:00:00Z' })).toEqual([]);
  });

  it('are zones by name, UTC if nothing is said', () => {
    expect(timeZone.parse(undefined)).toBe('UTC');
    expect(timeZone.safeParse('Asia/Shanghai').success).toBe(true);
    for (const zone of ['+08:00', 'Mars/Olympus', '']) expect(timeZone.safeParse(zone).success).toBe(false);
  });

  it('are at most 500 characters to search for, and no field that nobody knows', () => {
    expect(faults({ q: 'x'.repeat(500) })).toEqual([]);
    expect(faults({ q: 'x'.repeat(501) })).toEqual(['q']);
    expect(searchQuery.safeParse({ offset: '10' }).success).toBe(false);
  });

  it('are the newest first and no count if nothing is said', () => {
    expect(searchQuery.parse({})).toEqual({ order: 'newest', count: false, limit: 50 });
    expect(searchQuery.parse({ order: 'oldest', count: 'true' })).toMatchObject({
      order: 'oldest',
      count: true,
    });
    expect([{ order: 'best' }, { order: '' }, { count: '1' }, { count: '' }].map(faults)).toEqual([
      ['order'],
      ['order'],
      ['count'],
      ['count'],
    ]);
  });

  it('are words to look for, where the best match comes first', () => {
    expect(faults({ order: 'relevance', q: '退' })).toEqual([]);
    for (const q of [undefined, '', '  \t']) expect(faults({ order: 'relevance', q })).toEqual(['order']);
  });
});
