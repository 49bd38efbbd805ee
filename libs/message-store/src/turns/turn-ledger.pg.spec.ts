import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { messageAt, someoneWaits, write } from '../../test/history.js';
import { begun, createTwoReplicas, turn, type TwoReplicas } from '../../test/turns.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import type { TestDatabase } from '../testing.js';
import { newMessageId, timeOfMessageId } from '../write/message-id.js';
import type { TurnLedger } from './turn-ledger.js';

let replicas: TwoReplicas;
let database: TestDatabase;
let writer: Database;
let ledger: TurnLedger;
let other: TurnLedger;

beforeEach(async () => {
  replicas = await createTwoReplicas();
  ({ database, writer, ledger, other } = replicas);
});
afterEach(() => replicas.drop());

async function rows(): Promise<unknown> {
  return [
    await database.query('select * from chat_turns order by session_name'),
    await database.query('select * from chat_idempotency_keys order by session_name, key_hash'),
  ];
}

async function letLeaseRunOut(sessionName = 'session'): Promise<void> {
  await database.query(
    `update chat_turns set lease_until = now() - interval '1 millisecond' where session_name = $1`,
    [sessionName],
  );
}

function minutesAgo(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000);
}

describe('beginning a turn', () => {
  it('begins a session that nobody has', async () => {
    const request = turn({ mayContinue: false, contextMessages: 10, contextCharacters: 1_000 });
    expect(await ledger.begin(request)).toEqual({
      outcome: 'begun',
      questionId: expect.any(String),
      beginsSession: true,
      conversation: null,
      context: [],
    });
  });

  it('continues a session for who may, with the note of its bot', async () => {
    const first = turn();
    await ledger.begin(first);
    await ledger.end({ ...first, replyId: newMessageId(), conversation: '{"conversation_id":"1"}' });
    const second = turn();
    expect(await other.begin(second)).toMatchObject({
      outcome: 'begun',
      beginsSession: false,
      conversation: '{"conversation_id":"1"}',
    });
    await other.end({ ...second, replyId: newMessageId() });
    expect(begun(await ledger.begin(turn())).conversation).toBe('{"conversation_id":"1"}');
  });

  it('refuses a session that has messages, or had a turn, to who may not continue it, and takes nothing', async () => {
    await write(writer, [messageAt(minutesAgo(1), 'begun by an agent', 'agent')]);
    const first = turn();
    await ledger.begin(first);
    await ledger.end({ ...first, replyId: newMessageId() });
    const before = await rows();
    for (const sessionName of ['begun by an agent', 'session']) {
      const stranger = turn({ sessionName, mayContinue: false });
      expect(await other.begin(stranger)).toEqual({ outcome: 'not-yours' });
    }
    expect(await rows()).toEqual(before);
  });

  it('refuses a stranger while a turn of the session is under way too', async () => {
    await ledger.begin(turn());
    expect(await other.begin(turn({ mayContinue: false }))).toEqual({ outcome: 'not-yours' });
  });

  it('lets a session go on whose name the service made, although no token came', async () => {
    const request = turn({ mayContinue: false, isFreshName: true });
    await ledger.begin(request);
    await ledger.end({ ...request, replyId: newMessageId() });
    const again = await ledger.begin({ ...request, turnId: randomUUID() });
    expect(begun(again).beginsSession).toBe(true);
  });

  it('works for any session name and any note', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }),
        fc.string({ unit: 'binary', maxLength: 500 }),
        async (sessionName, conversation) => {
          const first = turn({ sessionName });
          begun(await ledger.begin(first));
          expect(await ledger.end({ ...first, replyId: newMessageId(), conversation })).toBe(true);
          const second = turn({ sessionName });
          const storable = conversation.toWellFormed().replaceAll('\0', '\ufffd');
          expect(begun(await ledger.begin(second)).conversation).toBe(storable);
          await ledger.end({ ...second, replyId: newMessageId() });
        },
      ),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
    );
  });
});

describe('the lease of a session', () => {
  it('is one turn’s at a time, and free when that has ended', async () => {
    const first = turn();
    begun(await ledger.begin(first));
    expect(await other.begin(turn())).toEqual({ outcome: 'busy' });
    expect(await ledger.begin(turn())).toEqual({ outcome: 'busy' });
    begun(await other.begin(turn({ sessionName: 'another session' })));
    expect(await ledger.end({ ...first, replyId: newMessageId() })).toBe(true);
    begun(await other.begin(turn()));
  });

  it('is given to exactly one of two replicas that ask at once, whatever they know of the session', async () => {
    for (let round = 0; round < 50; round++) {
      const sessionName = `session ${round}`;
      if (round % 3 === 1) await write(writer, [messageAt(minutesAgo(1), sessionName)]);
      if (round % 3 === 2) await ledger.end({ ...turn({ sessionName }), replyId: newMessageId() });
      const beginnings = await Promise.all([
        ledger.begin(turn({ sessionName })),
        other.begin(turn({ sessionName })),
      ]);
      expect(beginnings.map(({ outcome }) => outcome).sort()).toEqual(['begun', 'busy']);
    }
  });

  it('is given to one of two that both waited for the session’s row', async () => {
    await ledger.end({ ...turn(), replyId: newMessageId() });
    const beginnings = await writer.transaction(async (holder) => {
      await holder.query('select from chat_turns for update');
      const asked = [ledger.begin(turn()), other.begin(turn())];
      await someoneWaits(database, '%begin_chat_turn%', asked.length);
      return asked;
    });
    const outcomes = (await Promise.all(beginnings)).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['begun', 'busy']);
  });

  it('makes a session one stranger’s when two begin it at once', async () => {
    for (let round = 0; round < 50; round++) {
      const request = { sessionName: `session ${round}`, mayContinue: false };
      const beginnings = await Promise.all([ledger.begin(turn(request)), other.begin(turn(request))]);
      expect(beginnings.filter(({ outcome }) => outcome === 'begun')).toHaveLength(1);
      expect(await other.begin(turn(request))).toEqual({ outcome: 'not-yours' });
    }
  });

  it('lasts 15 seconds, and as long again when it is renewed', async () => {
    const first = turn();
    await ledger.begin(first);
    const secondsLeft = async () => {
      const [row] = await database.query<{ seconds: number }>(
        `select extract(epoch from lease_until - updated_at)::float as seconds from chat_turns`,
      );
      return row?.seconds;
    };
    expect(await secondsLeft()).toBe(15);
    await database.query(`update chat_turns set lease_until = now() + interval '1 second'`);
    expect(await ledger.renew('session', first.turnId)).toBe(true);
    expect(await secondsLeft()).toBe(15);
    expect(await other.begin(turn())).toEqual({ outcome: 'busy' });
  });

  it('is taken over when it ran out; its first owner can neither renew it nor give it away', async () => {
    const [dead, next] = [turn(), turn()];
    await ledger.begin(dead);
    await letLeaseRunOut();
    begun(await other.begin(next));
    expect(await ledger.renew('session', dead.turnId)).toBe(false);
    await ledger.end({ ...dead, replyId: newMessageId() });
    expect(await ledger.begin(turn())).toEqual({ outcome: 'busy' });
    expect(await other.renew('session', next.turnId)).toBe(true);
  });

  it('is its owner’s also when it asks again', async () => {
    const first = turn();
    begun(await ledger.begin(first));
    begun(await ledger.begin(first));
  });
});

describe('ending a turn', () => {
  it('keeps what matters of a turn that began without an answer', async () => {
    await ledger.end({ ...turn(), replyId: newMessageId(), conversation: 'note' });
    expect(begun(await ledger.begin(turn()))).toMatchObject({ beginsSession: false, conversation: 'note' });
  });

  it('leaves the note of a later turn alone', async () => {
    const earlier = newMessageId();
    const later = newMessageId(timeOfMessageId(earlier));
    await ledger.end({ ...turn(), replyId: later, conversation: 'later' });
    await ledger.end({ ...turn(), replyId: earlier, conversation: 'earlier' });
    expect(begun(await ledger.begin(turn())).conversation).toBe('later');
  });

  it('gives the lease back when the bot wants more kept than there is room for', async () => {
    const first = turn();
    await ledger.begin(first);
    const conversation = 'x'.repeat(1_001);
    expect(await ledger.end({ ...first, replyId: newMessageId(), conversation })).toBe(true);
    expect(begun(await ledger.begin(turn())).conversation).toBeNull();
  });
});

describe('the id of a question', () => {
  /** As seen by a process whose clock is so much behind. Ids of this one never go back, so they are its clock. */
  const ahead = (ms: number) => new Date(timeOfMessageId(newMessageId()).getTime() + ms);

  it('is later than the last reply of a replica whose clock is ahead', async () => {
    const first = turn();
    await ledger.begin(first);
    await ledger.end({ ...first, replyId: newMessageId() });
    const lastReplyAt = ahead(3_000);
    await database.query(`update chat_turns set last_reply_at = $1`, [lastReplyAt]);
    const { questionId } = begun(await ledger.begin(turn()));
    expect(timeOfMessageId(questionId).getTime()).toBe(lastReplyAt.getTime() + 1);
  });

  it('is later than the last message in the history', async () => {
    const lastMessageAt = ahead(3_000);
    await write(writer, [messageAt(lastMessageAt, 'session', 'agent')]);
    const { questionId } = begun(await ledger.begin(turn()));
    expect(timeOfMessageId(questionId).getTime()).toBe(lastMessageAt.getTime() + 1);
  });

  it('does not follow a clock that is far off', async () => {
    const farOff = ahead(3_600_000);
    await write(writer, [messageAt(farOff, 'session', 'agent')]);
    const { questionId } = begun(await ledger.begin(turn()));
    expect(timeOfMessageId(questionId).getTime()).toBeLessThan(farOff.getTime());
  });
});

describe('the context of a turn', () => {
  function said(minutes: number, content: string, overrides: Partial<Message> = {}): Message {
    return { ...messageAt(minutesAgo(minutes), 'session'), content, ...overrides };
  }

  async function context(contextMessages: number, contextCharacters = 10_000) {
    const request = turn({ contextMessages, contextCharacters });
    const { context } = begun(await ledger.begin(request));
    await ledger.end({ ...request, replyId: newMessageId() });
    return context;
  }

  it('is the newest messages of the session, oldest first, by role', async () => {
    await write(writer, [
      said(3_000, 'a', { role: 'user' }),
      said(2_000, 'b', { role: 'assistant', status: 'interrupted' }),
      said(1, 'c', { role: 'agent' }),
      said(0.5, 'd', { sessionName: 'another' }),
    ]);
    expect(await context(10)).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'agent', content: 'c' },
    ]);
    expect(await context(2)).toEqual([
      { role: 'assistant', content: 'b' },
      { role: 'agent', content: 'c' },
    ]);
    expect(await context(0)).toEqual([]);
  });

  it('leaves out empty texts and answers that failed, and does not count them', async () => {
    await write(writer, [
      said(4, 'a'),
      said(3, ''),
      said(2, 'an error', { role: 'assistant', status: 'failed' }),
      said(1, 'b'),
    ]);
    expect((await context(2)).map(({ content }) => content)).toEqual(['a', 'b']);
  });

  it('ends before the first message for which there is no room', async () => {
    await write(writer, [said(4, 'x'), said(3, 'long'.repeat(10)), said(2, '四个字符'), said(1, '😀')]);
    expect((await context(10, 5)).map(({ content }) => content)).toEqual(['四个字符', '😀']);
    expect((await context(10, 4)).map(({ content }) => content)).toEqual(['😀']);
    expect(await context(10, 0)).toEqual([]);
    expect(await context(10, 46)).toHaveLength(4);
  });

  it('has nothing from over fourteen days before the last message', async () => {
    await write(writer, [said(16 * 1_440, 'old'), said(14 * 1_440, 'a'), said(1_440, 'b')]);
    expect((await context(10)).map(({ content }) => content)).toEqual(['a', 'b']);
  });

  it('has nothing that is past its retention', async () => {
    await write(writer, [said(31 * 1_440, 'old'), said(29 * 1_440, 'kept')]);
    expect((await context(10)).map(({ content }) => content)).toEqual(['kept']);
  });

  it('gives any text as it is kept', async () => {
    const texts = [
      '"quotes" \\ and \n lines',
      '\ufffe\uffff',
      '👩‍👩‍👧‍👦',
      "'; drop table chat_turns; --",
      'x'.repeat(1_048_576),
    ];
    await write(
      writer,
      texts.map((text, at) => said(texts.length - at, text)),
    );
    expect((await context(10, 2_000_000)).map(({ content }) => content)).toEqual(texts);
  });
});
