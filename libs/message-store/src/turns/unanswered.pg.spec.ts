import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { RecordingLogger } from '../../test/store-options.js';
import { begun, idempotency, openLedger, turn, type OpenLedger } from '../../test/turns.js';
import { createTestDatabase, FlakyProxy, type ProxyMode, type TestDatabase } from '../testing.js';
import { newMessageId } from '../write/message-id.js';
import type { TurnLedger } from './turn-ledger.js';
import { TurnMetrics } from './turn-metrics.js';

let database: TestDatabase;
let proxy: FlakyProxy;
let replica: OpenLedger;
let ledger: TurnLedger;
let logger: RecordingLogger;

beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await FlakyProxy.to(database.url);
  logger = new RecordingLogger();
  replica = openLedger(proxy.url, 1_000, logger);
  ledger = replica.ledger;
});
afterEach(async () => {
  await replica.close();
  await proxy.close();
  await database.drop();
});

async function answersAgain(): Promise<void> {
  while (!ledger.state().isAnswering) await delay(10);
}

describe.each<ProxyMode>(['refuse', 'hang'])('a ledger whose database is there and then "%s"', (mode) => {
  it('lets every turn go on without an answer, asks no more, and notices the return', async () => {
    const first = turn();
    begun(await ledger.begin(first));
    proxy.become(mode);
    expect(await ledger.begin(turn())).toEqual({ outcome: 'unknown', questionId: expect.any(String) });
    expect(ledger.state()).toEqual({ isAnswering: false, unansweredTotal: 1 });
    expect(await ledger.begin(turn())).toMatchObject({ outcome: 'unknown' });
    expect(await ledger.renew(first.sessionName, first.turnId)).toBe(false);
    expect(ledger.state()).toEqual({ isAnswering: false, unansweredTotal: 2 });

    proxy.become('pass');
    await answersAgain();
    begun(await ledger.begin(turn({ sessionName: 'another session' })));
    expect(ledger.state()).toEqual({ isAnswering: true, unansweredTotal: 2 });
  });

  it('tells a person of it once, and not as often as it goes away and comes back', async () => {
    for (let time = 0; time < 3; time++) {
      proxy.become(mode);
      await ledger.begin(turn());
      proxy.become('pass');
      await answersAgain();
    }
    const said = logger.lines.map(({ message }) => message).filter((message) => message.startsWith('turns'));
    expect(said).toEqual([
      'turns go on without lease and context: the database did not answer in time',
      'turns ask the database again',
    ]);
  });

  it('finds out before the first turn when it prepares', async () => {
    await ledger.prepare();
    expect(ledger.state().isAnswering).toBe(true);
    proxy.become(mode);
    await ledger.prepare();
    expect(ledger.state()).toEqual({ isAnswering: false, unansweredTotal: 0 });
  });

  it('begins without ever having met its database', async () => {
    proxy.become(mode);
    expect(await ledger.begin(turn())).toMatchObject({ outcome: 'unknown' });
    proxy.become('pass');
    await answersAgain();
    begun(await ledger.begin(turn({ sessionName: 'another session' })));
  });

  it('says of a turn whether its end was recorded, and records it after the return', async () => {
    const first = turn({ idempotency: idempotency() });
    begun(await ledger.begin(first));
    proxy.become(mode);
    const ending = { ...first, replyId: newMessageId(), conversation: 'note' };
    expect(await ledger.end(ending)).toBe(false);

    proxy.become('pass');
    await answersAgain();
    begun(await ledger.begin(turn({ sessionName: 'another session' })));
    while ((await ledger.begin(turn())).outcome === 'busy') await delay(10);
    const { replyId } = ending;
    const repeat = turn({ idempotency: idempotency() });
    expect(await ledger.begin(repeat)).toMatchObject({ outcome: 'repeated', replyId });
    expect(
      await database.query(`select bot_conversation from chat_turns where session_name = 'session'`),
    ).toEqual([{ bot_conversation: 'note' }]);
  });
});

describe('a turn whose end the database could not be told', () => {
  it('holds up no later turn of its session, which is begun with that end', async () => {
    const first = turn({ idempotency: idempotency() });
    begun(await ledger.begin(first));
    proxy.become('refuse');
    const replyId = newMessageId();
    await ledger.end({ ...first, replyId, conversation: 'note' });
    proxy.become('pass');
    await answersAgain();
    expect(await ledger.begin(turn({ idempotency: idempotency('another key of length') }))).toMatchObject({
      outcome: 'begun',
      conversation: 'note',
    });
    expect(await ledger.begin(turn({ idempotency: idempotency() }))).toMatchObject({
      outcome: 'repeated',
      replyId,
    });
  });
});

describe('a ledger whose database cannot take what turns have to write', () => {
  it('goes on without, and is told apart from one that answers', async () => {
    await database.query('alter table chat_turns rename to chat_turns_elsewhere');
    expect(await ledger.begin(turn())).toMatchObject({ outcome: 'unknown' });
    // A probe that only asked whether somebody is there would be answered by now.
    await delay(600);
    expect(ledger.state().isAnswering).toBe(false);
    await database.query('alter table chat_turns_elsewhere rename to chat_turns');
    await answersAgain();
    begun(await ledger.begin(turn()));
  });

  it('shows in /metrics', async () => {
    const registry = new Registry();
    new TurnMetrics(ledger, registry);
    proxy.become('refuse');
    await ledger.begin(turn());
    const metrics = await registry.metrics();
    expect(metrics).toContain('chat_history_turns_unanswered_total 1');
    expect(metrics).toContain('chat_history_turns_answering 0');
  });
});
