/**
 * What the promise resolves or rejects with, if it does in time. Later it may do what it wants: nobody listens.
 * @throws Error after `timeoutMs`.
 */
export async function within<Result>(timeoutMs: number, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    // On a busy event loop the answer may lie there unread when the timer fires: it is read before `setImmediate`.
    const giveUp = () => setImmediate(reject, new Error(`no answer within ${timeoutMs} ms`));
    timer = setTimeout(giveUp, timeoutMs);
  });
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
