const dayMs = 86_400_000;

/** The UTC day of a moment as `YYYY-MM-DD`: the name of its partition. */
export function utcDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** The day `count` days later (earlier when negative). */
export function addDays(day: string, count: number): string {
  return utcDay(new Date(Date.parse(day) + count * dayMs));
}
