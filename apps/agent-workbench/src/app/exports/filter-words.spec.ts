import { filterWords } from './filter-words';

it('names each part of a filter, as it was written', () => {
  expect(
    filterWords({ q: '退款 ', session_name: 's 1', role: 'user', agent_id: 'b1', status: 'interrupted' }),
  ).toEqual([
    { label: 'Matching', value: '“退款 ”' },
    { label: 'Session', value: 's 1' },
    { label: 'Said by', value: 'Customer' },
    { label: 'Agent', value: 'b1' },
    { label: 'Status', value: 'Interrupted' },
  ]);
});

it('says a half-open range as such, and nothing of what takes every message', () => {
  const range = filterWords({ from: '2026-11-01T12:00:00.000Z', to: '2026-11-02T12:00:00.000Z' });
  expect(range.map(({ label }) => label)).toEqual(['From', 'Before']);
  expect(range[0]?.value).toContain('2026');
  expect(filterWords({})).toEqual([]);
});
