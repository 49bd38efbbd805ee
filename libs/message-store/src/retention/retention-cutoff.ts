const dayMs = 86_400_000;

/** Messages created before this moment are past their retention: `retentionDays` times 24 hours before `now`. */
export function retentionCutoff(now: Date, retentionDays: number): Date {
  return new Date(now.getTime() - retentionDays * dayMs);
}
