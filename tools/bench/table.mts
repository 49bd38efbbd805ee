import { aligned } from '../aligned.mts';
import type { Judged } from './judgement.mts';
import { besideOf, limitOf, number, valueOf, verdictOf } from './wording.mts';

/** The outcome for a person, a line a result, notes below. */
export function tableOf(results: readonly Judged[]): string {
  const rows = results.map((result) => [
    result.figure,
    result.what,
    valueOf(result),
    besideOf(result),
    result.ratio === undefined ? '' : `${number(result.ratio)} ×`,
    limitOf(result),
    verdictOf(result),
  ]);
  const notes = results.filter(({ note }) => note).map(({ what, note }) => `  ${what}: ${note}`);
  return [aligned([['figure', '', 'value', 'beside', 'ratio', 'to reach', 'holds'], ...rows]), ...notes].join(
    '\n',
  );
}
