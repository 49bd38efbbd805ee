/** Statistics are counted by the quarter-hours of UTC: every time zone of today begins its hours and days at one. */
export const quarterMs = 900_000;

/** SQL: the beginning of the quarter-hour that a moment is in. */
export function quarterOf(moment: string): string {
  return `date_bin('15 minutes', ${moment}, '2000-01-01 00:00:00+00')`;
}

export function startOfQuarter(moment: number): number {
  return Math.floor(moment / quarterMs) * quarterMs;
}
