import { messageAt, silent, write } from '../../test/history.js';
import {
  begun,
  createTwoReplicas,
  idempotency,
  openLedger,
  turn,
  unknown,
  type TwoReplicas,
} from '../../test/turns.js';
import type { Database, Queryable } from '../database.js';
import type { Message } from '../message.js';
import { StoreUnavailableError } from '../message-store.errors.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { FlakyProxy, type TestDatabase } from '../testing.js';
import { newMessageId, timeOfMessageId } from '../write/message-id.js';
import { BoundedAsking } from './bounded-asking.js';
import { TurnLedger } from './turn-ledger.js';
import type { TurnRequest } from './turn.js';

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

/** A network that takes questions to the database, and no answer back. */
class UnheardAnswers extends BoundedAsking {
  override async ask<Answer>(question: (database: Queryable) => Promise<Answer>): Promise<undefined> {
    await super.ask(question);
  }
}

const withKey = (overrides: Partial<TurnRequest> = {}) => turn({ idempotency: idempotency(), ...overrides });

/** A message with an id that was made before, as the writer keeps it. */
async function store(id: string, role: Message['role'], content: string = role): Promise<Message> {
  const message = { ...messageAt(timeOfMessageId(id), 'session', role), id, content };
  await write(writer, [message]);
  return message;
}

async function letLeaseRunOut(): Promise<void> {
  await database.query(`update chat_turns set lease_until = now() - interval '1 millisecond'`);
}

async function letKeysExpire(): Promise<void> {
  await database.query(`update chat_idempotency_keys set created_at = created_at - interval '24 hours'`);
}

/** A turn from its beginning to its end, its messages stored. */
async function wholeTurn(request: TurnRequest) {
  const { questionId } = begun(await ledger.begin(request));
  await store(questionId, 'user');
  const reply = await store(newMessageId(), 'assistant');
  await ledger.end({ ...request, replyId: reply.id });
  return { questionId, reply };
}

describe('a turn with an idempotency key', () => {
  it('is told from a repeat, which is given the reply on any replica, without a token too if it began the session', async () => {
    const { questionId, reply } = await wholeTurn(withKey());
    for (const replica of [ledger, other]) {
      expect(await replica.begin(withKey({ mayContinue: false }))).toEqual({
        outcome: 'repeated',
        questionId,
        replyId: reply.id,
        beganSession: true,
        reply,
      });
    }
  });

  it('takes no lease by repeating', async () => {
    await wholeTurn(withKey());
    await ledger.begin(withKey());
    expect(await other.begin(turn())).toMatchObject({ outcome: 'begun' });
  });

  it('keeps its question’s id when only the answer of the database was lost', async () => {
    const asking = new UnheardAnswers(writer, () => Promise.resolve(), 20_000, silent);
    const unheard = new TurnLedger(asking, writer, new RetentionClock(30));
    const first = withKey();
    const { questionId } = unknown(await unheard.begin(first));
    const reply = await store(newMessageId(), 'assistant');
    await unheard.end({ ...first, replyId: reply.id });
    expect(await other.begin(withKey())).toMatchObject({ outcome: 'repeated', questionId, reply });
  });

  it('has no reply for a repeat while that is not in the database', async () => {
    const first = withKey();
    const { questionId } = begun(await ledger.begin(first));
    const replyId = newMessageId();
    await ledger.end({ ...first, replyId });
    const repeated = await other.begin(withKey());
    expect(repeated).toEqual({ outcome: 'repeated', questionId, replyId, beganSession: true, reply: null });
  });

  it('makes a repeat wait while the first attempt runs', async () => {
    await ledger.begin(withKey());
    expect(await other.begin(withKey())).toEqual({ outcome: 'busy' });
  });

  it('refuses the key for another request, before and after the first one ended', async () => {
    const first = withKey();
    const another = withKey({ idempotency: idempotency(undefined, 'another message') });
    begun(await ledger.begin(first));
    expect(await other.begin(another)).toEqual({ outcome: 'key-reused' });
    await ledger.end({ ...first, replyId: newMessageId() });
    expect(await other.begin(another)).toEqual({ outcome: 'key-reused' });
    begun(await other.begin(withKey({ idempotency: idempotency('another key of length') })));
  });

  it('keeps the same key in another session apart', async () => {
    await wholeTurn(withKey());
    begun(await ledger.begin(withKey({ sessionName: 'another session' })));
  });

  it('lets a repeat begin with the same question when the first attempt died', async () => {
    const { questionId } = begun(await ledger.begin(withKey({ mayContinue: false })));
    await store(questionId, 'user');
    await letLeaseRunOut();
    const repeat = withKey({ mayContinue: false, contextMessages: 5, contextCharacters: 100 });
    expect(await other.begin(repeat)).toMatchObject({
      outcome: 'begun',
      questionId,
      beginsSession: true,
      context: [],
    });
    const replyId = newMessageId();
    await other.end({ ...repeat, replyId });
    expect(await ledger.begin(withKey())).toMatchObject({ outcome: 'repeated', questionId, replyId });
  });

  it('gives a repeat the stored reply of an attempt that died before it could say so', async () => {
    const { questionId } = begun(await ledger.begin(withKey()));
    await store(questionId, 'user');
    await store(newMessageId(), 'agent');
    const reply = await store(newMessageId(), 'assistant');
    await letLeaseRunOut();
    expect(await other.begin(withKey())).toMatchObject({ outcome: 'repeated', replyId: reply.id, reply });
  });

  it('takes no other question’s reply for its own', async () => {
    const { questionId } = begun(await ledger.begin(withKey()));
    await store(questionId, 'user');
    await letLeaseRunOut();
    const next = turn();
    await store(begun(await other.begin(next)).questionId, 'user');
    const reply = await store(newMessageId(), 'assistant');
    await other.end({ ...next, replyId: reply.id });
    expect(await other.begin(withKey())).toMatchObject({ outcome: 'begun', questionId });
  });

  it('needs the token again for a repeat in a session that was there before', async () => {
    await wholeTurn(turn());
    await wholeTurn(withKey());
    expect(await other.begin(withKey({ mayContinue: false }))).toEqual({ outcome: 'not-yours' });
  });

  it('may be used for something else after 24 hours', async () => {
    await wholeTurn(withKey());
    await letKeysExpire();
    const request = withKey({ idempotency: idempotency(undefined, 'another message') });
    const { questionId } = await wholeTurn(request);
    expect(await other.begin({ ...request, mayContinue: false })).toEqual({ outcome: 'not-yours' });
    expect(await other.begin(request)).toMatchObject({
      outcome: 'repeated',
      questionId,
      beganSession: false,
    });
  });

  it('leaves ids and hashes behind, and no text', async () => {
    await wholeTurn(withKey());
    const kept = JSON.stringify(await database.query('select * from chat_idempotency_keys'));
    expect(kept).not.toContain('a key of 16');
    expect(kept).not.toContain(Buffer.from('a key of 16').toJSON().data.join());
  });
});

describe('an agent’s message with a key', () => {
  const claim = {
    sessionName: 'session',
    agentId: 'agent-1',
    key: 'a key of 16 characters',
    content: 'hello',
  };

  it('has the same id each time, and is refused for another content', async () => {
    const first = await ledger.claimAgentMessage(claim);
    expect(first).toEqual({ outcome: 'claimed', messageId: expect.any(String) });
    expect(await other.claimAgentMessage(claim)).toEqual({ ...first, outcome: 'repeated' });
    expect(await other.claimAgentMessage({ ...claim, content: 'bye' })).toEqual({ outcome: 'key-reused' });
  });

  it('is apart from other agents, other sessions and customers with the same key', async () => {
    await ledger.claimAgentMessage(claim);
    for (const other of [{ agentId: 'agent-2' }, { agentId: undefined }, { sessionName: 'another' }]) {
      const { outcome } = await ledger.claimAgentMessage({ ...claim, ...other } as typeof claim);
      expect(outcome).toBe('claimed');
    }
    expect(await ledger.begin(withKey())).toMatchObject({ outcome: 'begun' });
  });

  it('is claimed by exactly one of two replicas that ask at once', async () => {
    for (let round = 0; round < 50; round++) {
      const request = { ...claim, key: `a key of 16 characters ${round}` };
      const claims = await Promise.all([ledger.claimAgentMessage(request), other.claimAgentMessage(request)]);
      expect(claims.map(({ outcome }) => outcome).sort()).toEqual(['claimed', 'repeated']);
      expect(new Set(claims.map((claimed) => 'messageId' in claimed && claimed.messageId)).size).toBe(1);
    }
  });

  it('is claimed anew after 24 hours', async () => {
    const first = await ledger.claimAgentMessage(claim);
    await letKeysExpire();
    const again = await ledger.claimAgentMessage({ ...claim, content: 'bye' });
    expect(again.outcome).toBe('claimed');
    expect(again).not.toEqual(first);
    expect(await ledger.claimAgentMessage({ ...claim, content: 'bye' })).toEqual({
      ...again,
      outcome: 'repeated',
    });
  });

  it('is not claimed while the database is away', async () => {
    const proxy = await FlakyProxy.to(database.url);
    const replica = openLedger(proxy.url);
    proxy.become('refuse');
    await expect(replica.ledger.claimAgentMessage(claim)).rejects.toThrow(StoreUnavailableError);
    await replica.close();
    await proxy.close();
  });
});
