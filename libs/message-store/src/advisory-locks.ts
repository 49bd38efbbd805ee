/** Constants of our own, the same for every process and each for one purpose: two that are equal exclude each other. */
export const advisoryLocks = {
  /** By who migrates. */
  migration: 7_208_301_915,
  /** Held by the one worker that cleans up. */
  retention: 7_208_301_916,
  /** By a process while it claims an export job. */
  exportClaim: 7_208_301_917,
  /** By a worker while it counts a quarter-hour. */
  quarterCounting: 7_208_301_918,
} as const;
