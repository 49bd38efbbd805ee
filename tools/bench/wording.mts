import type { FigureResult } from './figure.mts';
import type { Judged } from './judgement.mts';

/** Three significant digits, with separators: 12,345 · 1.23 · 0.0123. */
export function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Math.abs(value) > 0 && Math.abs(value) < 0.1
    ? value.toPrecision(2)
    : value.toLocaleString('en', { maximumFractionDigits: digits });
}

export function valueOf({ value, unit }: FigureResult): string {
  return `${number(value)} ${unit}`;
}

export function besideOf({ beside, unit }: FigureResult): string {
  return beside ? `${beside.what}: ${number(beside.value)} ${unit}` : '';
}

export function limitOf({ limit, ratio, unit }: FigureResult): string {
  const of = ratio === undefined ? ` ${unit}` : ' ×';
  if (limit?.atLeast !== undefined) return `≥ ${number(limit.atLeast)}${of}`;
  return limit?.atMost === undefined ? '' : `≤ ${number(limit.atMost)}${of}`;
}

export function verdictOf({ holds }: Judged): string {
  if (holds === undefined) return '';
  return holds ? 'yes' : 'NO';
}
