import { SessionBusyError } from './chat.errors.js';
import { SessionQueue } from './session-queue.js';

const never = 60_000;

describe('the queue of a session', () => {
  let closing: AbortController;
  let queue: SessionQueue;
  beforeEach(() => {
    closing = new AbortController();
    queue = new SessionQueue(closing.signal);
  });

  it('lets one in at a time, in the order in which they came, and other sessions beside', async () => {
    const order: number[] = [];
    await queue.enter('s', never);
    const turns = [1, 2, 3].map(async (turn) => {
      await queue.enter('s', never);
      order.push(turn);
    });
    await queue.enter('another', never);
    for (const turn of [1, 2, 3]) {
      expect(order).toHaveLength(turn - 1);
      queue.leave('s');
      await turns[turn - 1];
    }
    expect(order).toEqual([1, 2, 3]);
    queue.leave('s');
    await queue.enter('s', never);
  });

  it('lets five wait and refuses the sixth', async () => {
    await queue.enter('s', never);
    const waiting = Array.from({ length: 5 }, () => queue.enter('s', never));
    await expect(queue.enter('s', never)).rejects.toBeInstanceOf(SessionBusyError);
    for (const turn of waiting) {
      queue.leave('s');
      await turn;
    }
  });

  it('refuses who waited too long, and gives the place to the next', async () => {
    await queue.enter('s', never);
    const impatient = queue.enter('s', 1);
    const patient = queue.enter('s', never);
    await expect(impatient).rejects.toBeInstanceOf(SessionBusyError);
    queue.leave('s');
    await patient;
  });

  it('that closes refuses all who wait, and everybody from then on', async () => {
    await queue.enter('s', never);
    const waiting = [queue.enter('s', never), queue.enter('s', never)];
    const reason = new Error('closing');
    closing.abort(reason);
    for (const turn of waiting) await expect(turn).rejects.toBe(reason);
    await expect(queue.enter('another', never)).rejects.toBe(reason);
    queue.leave('s');
  });
});
