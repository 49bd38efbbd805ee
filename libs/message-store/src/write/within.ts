/**
 * What the promise resolves or rejects with, if it does in time. Later it may do what it wants: nobody listens.
 * @throws Error after `timeoutMs`.
 */
export async function within<Result>(timeoutMs: number, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
