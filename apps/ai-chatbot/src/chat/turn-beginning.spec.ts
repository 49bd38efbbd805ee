import type { TurnBeginning } from '@chat-history/message-store';
import { SessionBusyError } from './chat.errors.js';
import { beginTurn } from './turn-beginning.js';

const unknown: TurnBeginning = { outcome: 'unknown', questionId: 'a question' };
const begun: TurnBeginning = {
  outcome: 'begun',
  questionId: 'a question',
  beginsSession: false,
  conversation: null,
  context: [],
};
const request = {
  sessionName: 'session',
  turnId: 'a turn',
  mayContinue: true,
  isFreshName: false,
  contextMessages: 0,
  contextCharacters: 0,
};

describe('a turn that begins', () => {
  it('goes on at once when the ledger does not know', async () => {
    expect(await begin([unknown])).toEqual(unknown);
  });

  it('waits while another runs', async () => {
    expect(await begin([{ outcome: 'busy' }, { outcome: 'busy' }, begun])).toEqual(begun);
  });

  it('does not take a silent ledger for a free session when another was just said to run', async () => {
    expect(await begin([{ outcome: 'busy' }, unknown, 'away', 'away', unknown, begun])).toEqual(begun);
  });

  it('is told that the session is busy when its patience is over', async () => {
    await expect(begin([{ outcome: 'busy' }, 'away', 'away'], 40)).rejects.toThrow(SessionBusyError);
  });

  /** @param said what the ledger says, one after another; `away`: that it does not answer, when asked only that. */
  function begin(said: (TurnBeginning | 'away')[], patienceMs = 5_000) {
    const ledger = {
      begin: () => Promise.resolve(said.shift() as TurnBeginning),
      state: () => {
        const isAnswering = said[0] !== 'away';
        if (!isAnswering) said.shift();
        return { isAnswering, unansweredTotal: 0 };
      },
    };
    const patience = { until: performance.now() + patienceMs, closing: new AbortController().signal };
    return beginTurn(ledger, request, patience);
  }
});
