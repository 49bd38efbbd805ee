import type { MessageFilter, SearchPage } from '@chat-history/http-contract';
import { insertDatedMessages } from '@chat-history/message-store/testing';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

/** One of each kind there is: two sessions, three roles, two agents, three statuses, with the word or not, three days. */
interface Kept extends Required<Pick<MessageFilter, 'session_name' | 'role' | 'status'>> {
  readonly agent_id: string | undefined;
  readonly content: string;
  readonly createdAt: Date;
}

const dayMs = 86_400_000;
const now = Date.now();
const kept: Kept[] = [];
for (const session_name of ['shop', 'bank'])
  for (const [role, agent_id] of [
    ['user', undefined],
    ['assistant', undefined],
    ['agent', 'mei'],
    ['agent', 'bo'],
  ] as const)
    for (const status of ['complete', 'interrupted', 'failed'] as const)
      for (const word of ['退款 refunds', 'delivery'])
        for (const daysAgo of [1, 5, 20]) {
          const createdAt = new Date(now - daysAgo * dayMs - kept.length);
          kept.push({ session_name, role, agent_id, status, createdAt, content: `${word} ${kept.length}` });
        }

const from = new Date(now - 6 * dayMs).toISOString();
const to = new Date(now - 2 * dayMs).toISOString();
const filters: MessageFilter[] = [
  { q: '退款' },
  { session_name: 'shop' },
  { role: 'agent' },
  { agent_id: 'mei' },
  { status: 'failed' },
  { from },
  { to },
];

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
  await insertDatedMessages(
    workbench.database.url,
    kept.map(({ session_name: sessionName, agent_id: agentId, ...more }) => ({
      sessionName,
      agentId,
      ...more,
    })),
    30,
  );
});
afterAll(() => workbench.stop());

it.each(filters)('the filter %j alone leaves out what it does not mean', async (filter) => {
  const wanted = meant(filter);
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.length).toBeLessThan(kept.length);
  expect(await found(filter)).toEqual(wanted);
});

it('any filters together mean what all of them mean, with words or without', async () => {
  for (let chosen = 0; chosen < 2 ** filters.length; chosen++) {
    const filter = Object.assign({}, ...filters.filter((_, at) => chosen & (2 ** at))) as MessageFilter;
    expect([filter, await found(filter)]).toEqual([filter, meant(filter)]);
  }
});

/** As the filter's words say, newest first. */
function meant({ q, from: since, to: until, ...equal }: MessageFilter): string[] {
  return kept
    .filter(
      (message) =>
        (q === undefined || message.content.includes(q)) &&
        (since === undefined || message.createdAt >= new Date(since)) &&
        (until === undefined || message.createdAt < new Date(until)) &&
        Object.entries(equal).every(([field, value]) => message[field as keyof Kept] === value),
    )
    .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime())
    .map(({ content }) => content);
}

async function found(filter: MessageFilter): Promise<string[]> {
  const query = new URLSearchParams({ ...filter, limit: '200' } as Record<string, string>);
  const { body } = await workbench.get(`/api/history/search?${query}`, 'agent').expect(200);
  return (body as SearchPage).items.map(({ message }) => message.content);
}
