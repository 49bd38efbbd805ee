import { screen, within } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { FakeApi } from '../../../test/fake-api';
import { manySessions } from '../../../test/fake-data';
import { type SavedFile, keepSavedFiles } from '../../../test/saved-files';
import { address, openWorkbench } from '../../../test/workbench';

const user = userEvent.setup();
const now = new Date();
let saved: readonly SavedFile[];
let api: FakeApi;

beforeEach(() => {
  saved = keepSavedFiles();
  api = new FakeApi(manySessions(3, now));
});

afterEach(() => jest.restoreAllMocks());

const card = (name: RegExp) => within(screen.getByRole('article', { name }));
const facts = (name: RegExp) =>
  Object.fromEntries(
    card(name)
      .getAllByRole('term')
      .map((term) => [term.textContent, term.nextElementSibling?.textContent?.trim()]),
  );

it('says that there are none, and where one is made', async () => {
  await openWorkbench(api, '/history', 'lena');
  await user.click(await screen.findByRole('link', { name: 'Exports' }));
  await screen.findByText(/There are no exports/);
  expect(screen.getByRole('link', { name: 'Exports', current: 'page' })).toBeTruthy();
  await user.click(screen.getByRole('link', { name: 'Open the history' }));
  await screen.findByText('3 sessions');
});

it('lists one’s own, latest first, a page at a time, and all of them to an admin', async () => {
  for (let n = 0; n < 21; n += 1) api.exports.add(api.idOf('lena'), { q: `word ${n}` });
  api.exports.add(api.idOf('ali'), { session_name: 'session-001' });
  await openWorkbench(api, '/exports', 'lena');
  await screen.findByText('20 exports on page 1');
  expect(screen.getAllByRole('article')[0]?.textContent).toContain('“word 20”');
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  await screen.findByText('1 export on page 2');
  expect(screen.getByText('“word 0”')).toBeTruthy();
  expect(screen.queryByText(/Asked for by/)).toBeNull();
});

it('tells an admin whose each is', async () => {
  api.exports.add(api.idOf('ali'), { session_name: 'session-001', format: 'txt' });
  api.exports.add(api.idOf('ada'));
  api.exports.add('an account that is gone', { format: 'jsonl' });
  await openWorkbench(api, '/exports', 'ada');
  expect(await screen.findAllByText('Asked for by')).toHaveLength(3);
  expect(facts(/^Text/)['Asked for by']).toBe('Ali Agent');
  expect(facts(/^CSV/)['Asked for by']).toBe('You');
  expect(facts(/^JSON/)['Asked for by']).toBe('an account that is gone');
});

it('says in words what was asked for, as text', async () => {
  const q = '<b>refund</b>';
  api.exports.add(api.idOf('lena'), { q, role: 'agent', status: 'failed', from: '2026-11-01T00:00:00Z' });
  api.exports.add(api.idOf('lena'), { format: 'jsonl' });
  await openWorkbench(api, '/exports', 'lena');
  await screen.findByText('“<b>refund</b>”');
  expect(screen.getByText('“<b>refund</b>”').closest('p')?.textContent?.replaceAll(/\s+/g, ' ')).toMatch(
    /Matching “<b>refund<\/b>” ?Said by Agent ?Status Failed ?From .*2026/,
  );
  expect(card(/^JSON Lines/).getByText('All messages')).toBeTruthy();
});

it('follows a job to its end, reads out how it ends, and then asks no more', async () => {
  const { id } = api.exports.add(api.idOf('lena'));
  await openWorkbench(api, '/exports', 'lena');
  await screen.findByText('Waiting');
  api.exports.change(id, { status: 'running', rows_done: 250, rows_total: 1_000, bytes: 2_500_000 });
  await screen.findByText('Running');
  expect(screen.getByText(/250 of 1,000 messages · 2.5 MB/)).toBeTruthy();
  expect(screen.getByRole('progressbar', { name: /CSV/ }).getAttribute('aria-valuenow')).toBe('25');
  api.exports.succeed(id);
  const news = await screen.findByText(/The export of .* is ready to download/);
  expect(news.getAttribute('role')).toBe('status');
  expect(screen.queryByRole('progressbar')).toBeNull();
});

it('shows what proves a file, with a checksum to copy', async () => {
  const { id } = api.exports.add(api.idOf('lena'));
  api.exports.succeed(id, 2);
  await openWorkbench(api, '/exports', 'lena');
  await screen.findByText('Ready');
  expect(facts(/CSV/)).toMatchObject({
    Messages: '6',
    'Cells cut': 'None',
    'Cells made text': '1,234, so that nothing runs',
    Attempts: '2: it was interrupted and made anew',
    'SHA-256': expect.stringContaining('0123456789abcdef'),
  });
  document.execCommand = () => true;
  await user.click(screen.getByRole('button', { name: 'Copy the SHA-256' }));
  await screen.findByText('The SHA-256 was copied');
});

it('downloads the file under the name the server gives', async () => {
  api.exports.succeed(api.exports.add(api.idOf('lena'), { q: 'ORD-10001' }).id);
  await openWorkbench(api, '/exports', 'lena');
  await user.click(await screen.findByRole('button', { name: 'Download' }));
  await screen.findByText('Saved chat-history-test.csv');
  expect((await saved[0]?.blob.text())?.split('\r\n')).toHaveLength(3);
});

it('says so when the page itself cannot save the file, and can be asked again', async () => {
  jest.spyOn(console, 'error').mockImplementation();
  api.exports.succeed(api.exports.add(api.idOf('lena')).id);
  await openWorkbench(api, '/exports', 'lena');
  const { createObjectURL } = URL;
  URL.createObjectURL = () => {
    throw new TypeError('no memory');
  };
  await user.click(await screen.findByRole('button', { name: 'Download' }));
  await screen.findByText(/Something went wrong on this page/);
  URL.createObjectURL = createObjectURL;
  await user.click(await screen.findByRole('button', { name: 'Download' }));
  await screen.findByText('Saved chat-history-test.csv');
});

it.each<[string, (id: string) => void]>([
  ['expired', (id) => api.exports.change(id, { status: 'expired' })],
  ['was deleted with its job', () => (api.exports.jobs = [])],
])('says when the file %s since the list was read', async (_, lose) => {
  const { id } = api.exports.add(api.idOf('lena'));
  api.exports.succeed(id);
  await openWorkbench(api, '/exports', 'lena');
  await screen.findByText('Ready');
  lose(id);
  await user.click(screen.getByRole('button', { name: 'Download' }));
  const notice = await screen.findByText(/no longer there/);
  expect(notice.closest('[role=alert]')?.textContent).toContain('expired or was deleted');
  expect(saved).toEqual([]);
});

it('cancels a job, with the focus on what was cancelled', async () => {
  api.exports.add(api.idOf('lena'));
  await openWorkbench(api, '/exports', 'lena');
  await user.click(await screen.findByRole('button', { name: 'Cancel' }));
  await screen.findByText(/The export of .* was cancelled/);
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: /CSV/ }));
  expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
});

it('deletes a file only when that is meant', async () => {
  api.exports.succeed(api.exports.add(api.idOf('lena')).id);
  await openWorkbench(api, '/exports', 'lena');
  await user.click(await screen.findByRole('button', { name: 'Delete' }));
  await user.click(await screen.findByRole('button', { name: 'Keep it' }));
  expect(api.exports.jobs[0]?.status).toBe('succeeded');
  await user.click(await screen.findByRole('button', { name: 'Delete' }));
  await user.click(await screen.findByRole('button', { name: 'Delete the file' }));
  await screen.findByText('No longer kept');
  expect(api.exports.jobs[0]?.status).toBe('expired');
  expect(screen.queryByRole('button', { name: /Download|Delete/ })).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: /CSV/ }));
});

it('shows why a job failed', async () => {
  const { id } = api.exports.add(api.idOf('lena'));
  api.exports.change(id, { status: 'failed', error: 'The disk for exports is full.' });
  await openWorkbench(api, '/exports', 'lena');
  await screen.findByText('The disk for exports is full.');
  expect(screen.queryByRole('button', { name: /Download|Cancel|Delete/ })).toBeNull();
});

it('says that the list could not be had, and gets it when asked again', async () => {
  await openWorkbench(api, '/history', 'lena');
  await screen.findByText('3 sessions');
  api.outage = { status: 503 };
  await user.click(screen.getByRole('link', { name: 'Exports' }));
  await screen.findByText(/The history is not available right now/);
  api.outage = undefined;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText(/There are no exports/);
  expect(address()).toBe('/exports');
});
