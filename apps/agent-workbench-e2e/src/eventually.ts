import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 50;

/** Asks again until the answer will do; Jest's own timeout is the bound. For what can only be asked for over HTTP. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  willDo: (answer: Answer) => boolean,
): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (willDo(answer)) return answer;
    await delay(intervalMs);
  }
}
