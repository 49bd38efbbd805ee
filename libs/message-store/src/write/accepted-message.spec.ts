import type { NewMessage } from '../message.js';
import { acceptedMessage } from './accepted-message.js';

const question: NewMessage = { sessionName: 's', role: 'user', content: 'hello' };

afterEach(() => jest.useRealTimers());

describe('an accepted message', () => {
  it('has the time of its acceptance, to the millisecond', () => {
    const before = Date.now();
    const { createdAt } = acceptedMessage(question);
    expect(createdAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(createdAt.getTime()).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('comes after every earlier one by (createdAt, id), also when the clock goes back', () => {
    jest.useFakeTimers({ now: Date.now() + 60_000 });
    const keys = Array.from({ length: 20_000 }, (_, at) => {
      if (at === 10_000) jest.setSystemTime(Date.now() - 3_600_000);
      const { createdAt, id } = acceptedMessage(question);
      return `${createdAt.toISOString()} ${id}`;
    });
    expect(keys).toEqual([...keys].sort());
    expect(new Set(keys).size).toBe(keys.length);
  });
});
