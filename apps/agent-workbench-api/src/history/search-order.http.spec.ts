import { searchPage, type SearchPage } from '@chat-history/http-contract';
import { insertDatedMessages } from '@chat-history/message-store/testing';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

let workbench: Workbench;
const commonHits = 1_005;
beforeAll(async () => {
  workbench = await startWorkbench();
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000);
  const say = (content: string, minutesAgo: number) => ({
    sessionName: 's',
    role: 'user' as const,
    content,
    createdAt: at(minutesAgo),
  });
  await insertDatedMessages(
    workbench.database.url,
    [
      say('refund refund refund', 4_000),
      say('a refund, when?', 3_000),
      say('refund and refund', 2_000),
      say('delivery', 1_000),
      ...Array.from({ length: commonHits }, (_, i) => say(`common ${i}`, 10_000 + i)),
    ],
    30,
  );
});
afterAll(() => workbench.stop());

async function search(query: string): Promise<SearchPage> {
  const { body } = await workbench.get(`/api/history/search?${query}`, 'agent').expect(200);
  expect(searchPage.parse(body)).toEqual(body);
  return body as SearchPage;
}
const contents = ({ items }: SearchPage) => items.map(({ message }) => message.content);

describe('hits come', () => {
  it.each([
    ['newest first if nothing is said', '', ['refund and refund', 'a refund, when?', 'refund refund refund']],
    ['newest first', '&order=newest', ['refund and refund', 'a refund, when?', 'refund refund refund']],
    ['oldest first', '&order=oldest', ['refund refund refund', 'a refund, when?', 'refund and refund']],
    [
      'best match first',
      '&order=relevance',
      ['refund refund refund', 'refund and refund', 'a refund, when?'],
    ],
  ])('%s', async (_how, order, expected) => {
    expect(contents(await search(`q=refund${order}`))).toEqual(expected);
  });

  it('a page at a time in each order, by a cursor that is good for that order alone', async () => {
    for (const order of ['newest', 'oldest', 'relevance']) {
      const whole = contents(await search(`q=refund&order=${order}`));
      const first = await search(`q=refund&order=${order}&limit=2`);
      const second = await search(`q=refund&order=${order}&limit=2&cursor=${first.next_cursor}`);
      expect([...contents(first), ...contents(second)]).toEqual(whole);
      expect(second.next_cursor).toBeNull();
      for (const other of ['newest', 'oldest', 'relevance'].filter((name) => name !== order)) {
        const path = `/api/history/search?q=refund&order=${other}&limit=2&cursor=${first.next_cursor}`;
        const { status, body } = await workbench.get(path, 'agent');
        expect([order, other, status, body.errors?.[0].field]).toEqual([order, other, 400, 'cursor']);
      }
    }
  });

  it('oldest first without words too', async () => {
    expect(contents(await search('order=oldest&limit=1'))).toEqual([`common ${commonHits - 1}`]);
  });
});

describe('a page says', () => {
  it('how many match, when asked to', async () => {
    expect((await search('q=refund&count=true&limit=1')).count).toEqual({ value: 3, relation: 'exact' });
    expect((await search('q=refund&role=agent&count=true')).count).toEqual({ value: 0, relation: 'exact' });
    expect((await search('q=common&count=true')).count).toEqual({ value: 1_000, relation: 'at_least' });
    expect((await search('count=true&limit=1')).count).toEqual({ value: 1_000, relation: 'at_least' });
    for (const asked of ['', '&count=false'])
      expect(await search(`q=refund${asked}`)).not.toHaveProperty('count');
  });

  it('how many were ranked, and whether these are all', async () => {
    expect((await search('q=refund&order=relevance')).ranked).toEqual({ hits: 3, is_all: true });
    expect((await search('q=common&order=relevance')).ranked).toEqual({ hits: 1_000, is_all: false });
    expect(await search('q=refund')).not.toHaveProperty('ranked');
  });
});
