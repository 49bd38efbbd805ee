import { headroom, type Judged } from './judgement.mts';
import { machineLine } from './machine.mts';
import type { Outcome } from './run-bench.mts';
import { besideOf, limitOf, number, valueOf, verdictOf } from './wording.mts';

/** The outcome as one HTML page that needs nothing else: a picture of how far each result is from its limit, and all values. */
export function chartOf(outcome: Outcome): string {
  const { size, measuredAt, machine, results, failures, quick } = outcome;
  const failed = failures.map(
    ({ figure, reason }) => `<p class="short">${safe(figure)} could not be measured: ${safe(reason)}</p>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat history: ${size} messages</title>
<style>${style}</style>
<h1>Chat history at ${size} messages${quick ? ', quick run' : ''}</h1>
<p>Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC on ${safe(machineLine(machine))}.</p>
<h2>Times better than asked for</h2>
<p>A bar that ends left of the line falls short; hollow bars are of data too small for their limit.</p>
${barsOf(results)}
${failed.join('\n')}
<h2>All values</h2>
${tableOf(results)}
</html>
`;
}

const rowHeight = 26;
const labelWidth = 500;
const plotWidth = 420;
const width = labelWidth + plotWidth + 120;

/** On a logarithmic scale: three times better is as far from the line as three times worse. */
function barsOf(results: readonly Judged[]): string {
  const bars = results.flatMap((result) => {
    const times = headroom(result);
    return times === undefined || !Number.isFinite(times) || times <= 0 ? [] : [{ result, times }];
  });
  if (bars.length === 0) return '<p>No result of this run has a limit.</p>';
  const logs = bars.map(({ times }) => Math.log10(times));
  const [least, most] = [Math.min(-0.3, ...logs), Math.max(1, ...logs)];
  const x = (log: number) => labelWidth + ((log - least) / (most - least)) * plotWidth;
  const height = bars.length * rowHeight + 30;
  const ticks = [0.1, 1, 10, 100, 1_000, 10_000].filter(
    (tick) => Math.log10(tick) >= least && Math.log10(tick) <= most,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Each result beside its limit">
${ticks.map((tick) => tickOf(tick, x(Math.log10(tick)), height)).join('\n')}
${bars.map(({ result, times }, row) => barOf(result, times, row, x)).join('\n')}
</svg>`;
}

function tickOf(tick: number, at: number, height: number): string {
  return `<line class="${tick === 1 ? 'limit' : 'tick'}" x1="${at}" x2="${at}" y1="0" y2="${height - 22}"/>
<text class="scale" x="${at}" y="${height - 6}" text-anchor="middle">${number(tick)} ×</text>`;
}

function barOf(result: Judged, times: number, row: number, x: (log: number) => number): string {
  const y = row * rowHeight + 4;
  const [from, to] = [Math.min(x(0), x(Math.log10(times))), Math.max(x(0), x(Math.log10(times)))];
  const kind = result.holds === undefined ? 'open' : result.holds ? 'kept' : 'short';
  const measured = result.ratio === undefined ? valueOf(result) : `${number(result.ratio)} ×`;
  return `<text x="${labelWidth - 12}" y="${y + 13}" text-anchor="end">${safe(short(result))}</text>
<rect class="${kind}" x="${from.toFixed(1)}" y="${y}" width="${Math.max(2, to - from).toFixed(1)}" height="17" rx="3"/>
<text class="value" x="${(to + 8).toFixed(1)}" y="${y + 13}">${safe(measured)}</text>`;
}

function short({ figure, what, beside }: Judged): string {
  const label = `${figure}: ${what}${beside ? ` / ${beside.what}` : ''}`;
  return label.length > 78 ? `${label.slice(0, 77)}…` : label;
}

function tableOf(results: readonly Judged[]): string {
  const header = ['figure', 'what', 'value', 'beside', 'ratio', 'to reach', 'holds', 'note'];
  const rows = results.map((result) => {
    const ratio = result.ratio === undefined ? '' : `${number(result.ratio)} ×`;
    const cells = [result.figure, result.what, valueOf(result), besideOf(result), ratio, limitOf(result)];
    return `<tr${result.holds === false ? ' class="short"' : ''}>${[...cells, verdictOf(result), result.note ?? ''].map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`;
  });
  return `<div class="wide"><table>
<tr>${header.map((cell) => `<th>${cell}</th>`).join('')}</tr>
${rows.join('\n')}
</table></div>`;
}

function safe(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `
:root { color-scheme: light dark; --text: #1f2933; --quiet: #66788a; --line: #d5dce3; --page: #fff; --kept: #2a7d5f; --short: #b3392f; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e9ee; --quiet: #93a3b3; --line: #3a4653; --page: #14191f; --kept: #4cb38d; --short: #ef7d72; }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2.5rem auto; padding: 0 1.5rem; color: var(--text); background: var(--page); }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 0 } p { color: var(--quiet); margin: .3rem 0 1rem }
svg { width: 100%; height: auto; font-size: 12px; fill: var(--text) }
.tick { stroke: var(--line) } .limit { stroke: var(--text); stroke-width: 1.5 } .scale, .value { fill: var(--quiet) }
rect.kept { fill: var(--kept) } rect.short { fill: var(--short) } rect.open { fill: none; stroke: var(--quiet) }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: .85rem; margin-top: .6rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line) }
td:nth-child(3), td:nth-child(5), td:nth-child(6), th { white-space: nowrap } th { color: var(--quiet); font-weight: 600 } .short, tr.short td { color: var(--short) }
`;
