const dayMs = 86_400_000;

/** A person shortens a retention by so much without a second thought, and clocks are never off by it. */
const toleratedDays = 2;

interface Run {
  readonly startedAt: Date;
  readonly cutoff: Date;
}

/**
 * From one run to the next the cutoff moves forward as far as time does. Where it moves over two days further, the
 * retention was shortened, perhaps by a `3` typed for `30`; and what that would delete does not come back.
 * @returns why the next run must not delete, or undefined when it may.
 */
export function reasonToRefuse(lastGood: Run, next: Run): string | undefined {
  const movedMs = next.cutoff.getTime() - lastGood.cutoff.getTime();
  const passedMs = next.startedAt.getTime() - lastGood.startedAt.getTime();
  const shortenedDays = (movedMs - passedMs) / dayMs;
  if (shortenedDays <= toleratedDays) return undefined;
  return (
    `nothing was deleted, because CHAT_HISTORY_RETENTION_DAYS is ${shortenedDays.toFixed(0)} days shorter than at the ` +
    `last good run; if that is meant, run once with --once --confirm-shortened`
  );
}
