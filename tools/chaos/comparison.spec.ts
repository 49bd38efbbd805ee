import type { ExpectedTurn } from './ledger.mts';
import { compare } from './comparison.mts';
import type { StoredMessage, StoredSession } from './stored-messages.mts';

const turn = (number: number, special: Partial<ExpectedTurn> = {}): ExpectedTurn => ({
  sessionName: 's',
  question: `question ${number}`,
  questionId: `q${number}`,
  reply: `reply ${number}`,
  replyId: `a${number}`,
  replyStatus: 'complete',
  isSingle: true,
  ...special,
});
const q = (number: number): StoredMessage => ({
  ...{ id: `q${number}`, role: 'user', content: `question ${number}`, status: 'complete' },
});
const a = (number: number): StoredMessage => ({
  ...{ id: `a${number}`, role: 'assistant', content: `reply ${number}`, status: 'complete' },
});

function faultsOf(expected: ExpectedTurn[], messages: StoredMessage[], countedMessages = messages.length) {
  const stored = new Map<string, StoredSession>([['s', { messages, countedMessages }]]);
  return compare(expected, stored).findings.map(({ fault }) => fault);
}

describe('the comparison of what clients were told with what the database has', () => {
  it('finds nothing wrong with turns that are there, once and in order', () => {
    expect(faultsOf([turn(1), turn(2)], [q(1), a(1), q(2), a(2)])).toEqual([]);
    expect(compare([turn(1)], new Map([['s', { messages: [q(1), a(1)], countedMessages: 2 }]]))).toEqual({
      findings: [],
      intactMessages: 2,
      missingTurns: 0,
    });
  });

  it('allows for turns that nobody was told of', () => {
    expect(faultsOf([turn(1), turn(3)], [q(1), a(1), q(2), q(3), a(3)])).toEqual([]);
  });

  it('misses a message, or a whole session', () => {
    expect(faultsOf([turn(1)], [q(1)])).toEqual(['missing']);
    expect(faultsOf([turn(1)], [a(1)])).toEqual(['missing']);
    expect(compare([turn(1)], new Map()).findings).toMatchObject([{ fault: 'missing' }]);
  });

  it('misses nothing whose only copy was destroyed, but does not take a wrong text for it', () => {
    expect(faultsOf([turn(1, { mayBeMissing: true })], [])).toEqual([]);
    const wrong = { ...q(1), content: 'questio\ufffd 1' };
    expect(faultsOf([turn(1, { mayBeMissing: true })], [wrong, a(1)])).toEqual(['text']);
  });

  it('sees a message that is there twice: by its id, by its text, as a second reply', () => {
    expect(faultsOf([turn(1)], [q(1), a(1), a(1)])).toContain('twice');
    expect(faultsOf([turn(1)], [{ ...q(1), id: 'other' }, q(1), a(1)])).toEqual(['twice-asked']);
    expect(faultsOf([turn(1)], [q(1), a(1), { ...a(1), id: 'other' }])).toEqual(['twice']);
    expect(faultsOf([turn(1, { isSingle: false })], [{ ...q(1), id: 'other' }, q(1), a(1)])).toEqual([]);
  });

  it('sees a session that is counted wrong', () => {
    expect(faultsOf([turn(1)], [q(1), a(1)], 4)).toEqual(['count']);
  });

  it('sees turns out of order, and a reply away from its question', () => {
    expect(faultsOf([turn(1), turn(2)], [q(2), a(2), q(1), a(1)])).toEqual(['order']);
    expect(faultsOf([turn(1), turn(2)], [q(1), q(2), a(1), a(2)])).toContain('order');
    expect(faultsOf([turn(1)], [a(1), q(1)])).toContain('order');
    expect(faultsOf([turn(1)], [q(1), q(2), a(1)])).toEqual(['order']);
  });

  it('takes a copy of a turn for a copy, and not for another turn in its middle', () => {
    const copy = { ...q(1), id: 'other' };
    expect(faultsOf([turn(1)], [q(1), copy, a(1)])).toEqual(['twice-asked']);
    expect(faultsOf([turn(1)], [q(1), copy, { ...a(1), id: 'another' }, a(1)])).toEqual(['twice-asked']);
    expect(faultsOf([turn(1)], [q(1), copy, q(2), a(1)])).toEqual(['twice-asked', 'order']);
  });

  it('sees another text, and another status', () => {
    expect(faultsOf([turn(1)], [q(1), { ...a(1), content: 'reply' }])).toEqual(['text']);
    expect(faultsOf([turn(1)], [q(1), { ...a(1), status: 'interrupted' }])).toEqual(['status']);
    expect(faultsOf([turn(1, { replyStatus: 'interrupted' })], [q(1), a(1)])).toEqual(['status']);
  });

  it('knows messages by their text where the client was told no ids', () => {
    const told = turn(1, { questionId: undefined, replyId: undefined });
    expect(faultsOf([told], [q(1), a(1)])).toEqual([]);
    expect(faultsOf([told], [q(1)])).toEqual(['missing']);
  });
});
