const checkIntervalMs = 1_000;

/**
 * Calls `onGone` once when the npm that runs this process is no more (`kill -9`: it cannot pass that on). Without npm
 * it never does: a shell may end while what it left in the background goes on.
 */
export function whenNpmIsGone(onGone: () => void): void {
  if (!process.env['npm_lifecycle_event']) return;
  // Scripts in package.json begin this process with `exec`, so npm itself is the parent.
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    onGone();
  }, checkIntervalMs);
  timer.unref();
}
