import { dataSizes, type DataSize } from './data/data-size.mts';
import type { Figure, FigureResult } from './figure.mts';

/** A result with the runner's verdict. */
export interface Judged extends FigureResult {
  readonly figure: string;
  /** Undefined: there is nothing to reach, or the data is too small for it. */
  readonly holds?: boolean;
}

/** A limit is meant for the ratio where there is one, and for sizes as large as the figure needs. */
export function judge(figure: Pick<Figure, 'name' | 'needs'>, result: FigureResult, size: DataSize): Judged {
  const { holds: own, ...rest } = result;
  const isLargeEnough = figure.needs.every((needed) => dataSizes[needed] <= dataSizes[size]);
  const holds = own ?? withinLimit(result);
  return { figure: figure.name, ...rest, ...(isLargeEnough && holds !== undefined ? { holds } : {}) };
}

function withinLimit({ value, ratio, limit }: FigureResult): boolean | undefined {
  if (!limit) return undefined;
  const measured = ratio ?? value;
  return measured >= (limit.atLeast ?? -Infinity) && measured <= (limit.atMost ?? Infinity);
}

/** How many times better than its limit a result is: below 1 it falls short. Undefined without a limit. */
export function headroom({ value, ratio, limit }: FigureResult): number | undefined {
  const measured = ratio ?? value;
  if (limit?.atLeast !== undefined) return measured / limit.atLeast;
  return limit?.atMost === undefined ? undefined : limit.atMost / measured;
}
