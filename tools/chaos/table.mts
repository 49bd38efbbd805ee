import { aligned } from '../aligned.mts';
import type { ScenarioResult } from './scenario.mts';

const shownFindings = 10;

/** The outcome for a person, a line a scenario. */
export function tableOf(results: readonly ScenarioResult[]): string {
  const header = ['', 'fault', 'times', 'turns', 'messages intact', 'unanswered', 'broken', 's'];
  const rows = results.map(({ fault, count, turns, intactMessages, unanswered, broken, seconds }) => [
    verdictOf(broken),
    fault,
    String(count),
    String(turns),
    String(intactMessages),
    Object.entries(unanswered)
      .map(([how, times]) => `${times} ${how}`)
      .join(', ') || '0',
    String(broken.length),
    seconds.toFixed(1),
  ]);
  return aligned([header, ...rows]);
}

export function headlineOf({ name, count, seconds, broken }: ScenarioResult): string {
  return `${verdictOf(broken)}  ${name} × ${count} (${seconds.toFixed(1)} s)`;
}

/** What was broken in a scenario, and what is worth knowing. */
export function remarksOf({ broken, notes }: ScenarioResult): string[] {
  const shown = broken.slice(0, shownFindings).map((line) => `        BROKEN ${line}`);
  const more = broken.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`        and ${more} more`] : []),
    ...notes.map((line) => `        ${line}`),
  ];
}

function verdictOf(broken: readonly string[]): string {
  return broken.length > 0 ? 'BROKEN' : 'kept  ';
}
