import { acceptedMessage } from './accepted-message.js';
import { newMessageId, timeOfMessageId } from './message-id.js';

afterEach(() => jest.useRealTimers());

describe('the id of a message', () => {
  it('is later than every one before, also within a millisecond and when the clock goes back', () => {
    jest.useFakeTimers({ now: Date.now() + 60_000 });
    const ids = Array.from({ length: 20_000 }, (_, at) => {
      if (at === 10_000) jest.setSystemTime(Date.now() - 3_600_000);
      return newMessageId();
    });
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is of a later millisecond than the moment it may not be before, and so are those after it', () => {
    const notBefore = new Date(Date.now() + 120_000);
    const times = [newMessageId(notBefore), newMessageId()].map((id) => timeOfMessageId(id).getTime());
    expect(Math.min(...times)).toBeGreaterThan(notBefore.getTime());
  });

  it('may be made before its message, and gives the message its time', () => {
    const id = newMessageId();
    const message = acceptedMessage({ id, sessionName: 's', role: 'user', content: 'hello' });
    expect(message).toMatchObject({ id, createdAt: timeOfMessageId(id) });
  });

  it.each(['', 'x', '0190a1b2-0000-4000-8000-000000000000', newMessageId().toUpperCase()])(
    'is none: %j',
    (id) => {
      expect(() => acceptedMessage({ id, sessionName: 's', role: 'user', content: 'hello' })).toThrow(
        TypeError,
      );
    },
  );
});
