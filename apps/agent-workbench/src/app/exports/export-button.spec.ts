import { screen, waitFor } from '@testing-library/angular';
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

/** Opens the menu of the button of that name and chooses from it, the last from a menu within. */
async function choose(button: string, ...items: string[]): Promise<void> {
  await user.click(screen.getByRole('button', { name: button }));
  for (const name of items) await user.click(await screen.findByRole('menuitem', { name }));
}

it('saves the hits that are shown under the name the server gives, with times of the reader’s zone', async () => {
  await openWorkbench(api, '/history?q=ORD-10001', 'lena');
  await screen.findByText('2 messages');
  await choose('Export these messages', 'CSV for Excel');
  await screen.findByText('Saved chat-history-test.csv');
  expect(saved[0]?.name).toBe('chat-history-test.csv');
  const lines = (await saved[0]?.blob.text())?.split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines?.[1]).toContain('ORD-10001');
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(new URL(api.requests.at(-1)?.slice(4) ?? '', 'http://fake').searchParams.get('time_zone')).toBe(
    zone,
  );
});

it('lets an agent export one session, also to read it, and says why not all', async () => {
  await openWorkbench(api, '/history?session=session-002', 'ali');
  await screen.findByText('Ali Agent');
  const all = screen.getByRole('button', { name: 'Export these messages' });
  expect(all.getAttribute('aria-disabled')).toBe('true');
  await user.click(all);
  expect(await screen.findAllByText(/needs the role supervisor/)).not.toHaveLength(0);
  expect(screen.queryByRole('menuitem')).toBeNull();

  await choose('Export this session', 'Markdown');
  await screen.findByText('Saved chat-history-test.md');
  expect((await saved[0]?.blob.text())?.split('\r\n')).toHaveLength(3);
});

it.each([
  ['Export these messages', ['CSV for Excel', 'CSV, unaltered', 'JSON Lines', 'In the background']],
  [
    'Export this session',
    ['CSV for Excel', 'CSV, unaltered', 'JSON Lines', 'Text', 'Markdown', 'In the background'],
  ],
])('offers at “%s” the formats %j', async (button, offered) => {
  await openWorkbench(api, '/history?session=session-002', 'lena');
  await screen.findByText('3 sessions');
  await choose(button);
  expect(screen.getAllByRole('menuitem').map((item) => item.textContent?.trim())).toEqual(offered);
});

it('saves nothing and says so when the export fails', async () => {
  await openWorkbench(api, '/history', 'lena');
  await screen.findByText('3 sessions');
  api.outage = { status: 503 };
  await choose('Export these messages', 'CSV for Excel');
  await screen.findByText(/Nothing was exported/);
  expect(saved).toEqual([]);
});

it('says so when the page itself cannot save the file', async () => {
  const log = jest.spyOn(console, 'error').mockImplementation();
  await openWorkbench(api, '/history', 'lena');
  await screen.findByText('3 sessions');
  URL.createObjectURL = () => {
    throw new TypeError('no memory');
  };
  await choose('Export these messages', 'CSV for Excel');
  await screen.findByText(/Nothing was exported. Something went wrong on this page/);
  log.mockRestore();
});

describe('of more than is streamed', () => {
  beforeEach(async () => {
    api.exports.mostStreamed = 5;
    await openWorkbench(api, '/history', 'lena');
    await screen.findByText('3 sessions');
    await choose('Export these messages', 'JSON Lines');
    await screen.findByRole('alertdialog', { name: 'Too many messages to download at once' });
  });

  it('asks whether to make a job of it, and leads to where the job is', async () => {
    await user.click(screen.getByRole('button', { name: 'In the background' }));
    await screen.findByRole('heading', { name: /^JSON Lines/ });
    expect(address()).toBe('/exports');
    expect(api.exports.jobs.map(({ format }) => format)).toEqual(['jsonl']);
    expect(saved).toEqual([]);
  });

  it('does nothing when told not to, and gives the focus back', async () => {
    await user.click(screen.getByRole('button', { name: 'Not now' }));
    const button = screen.getByRole('button', { name: 'Export these messages' });
    await waitFor(() => expect(document.activeElement).toBe(button));
    expect([address(), api.exports.jobs]).toEqual(['/history', []]);
  });

  it('says when no job could be made', async () => {
    api.outage = { status: 409, detail: 'Three of your exports are not done yet.' };
    await user.click(screen.getByRole('button', { name: 'In the background' }));
    await screen.findByText(/Nothing was exported.*Three of your exports are not done yet/);
    expect(address()).toBe('/history');
  });
});

it('makes a job of a small export too, when asked to', async () => {
  await openWorkbench(api, '/history?session=session-002', 'ali');
  await screen.findByText('Ali Agent');
  await screen.findByText('3 sessions');
  await choose('Export this session', 'In the background');
  await user.click((await screen.findAllByRole('menuitem', { name: 'Text' })).at(-1) as HTMLElement);
  await screen.findByRole('heading', { name: /^Text/ });
  expect(api.exports.jobs.map(({ filter, format }) => ({ filter, format }))).toEqual([
    { filter: { session_name: 'session-002' }, format: 'txt' },
  ]);
});
