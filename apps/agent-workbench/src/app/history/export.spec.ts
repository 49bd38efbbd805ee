import { screen } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { FakeApi } from '../../../test/fake-api';
import { manySessions } from '../../../test/fake-data';
import { openWorkbench } from '../../../test/workbench';

const user = userEvent.setup();
const now = new Date();
const saved: { blob: Blob; name: string }[] = [];

beforeEach(() => {
  saved.length = 0;
  // jsdom has no downloads: what a browser would save is kept here.
  let last = new Blob();
  URL.createObjectURL = (blob) => {
    last = blob as Blob;
    return 'blob:saved';
  };
  URL.revokeObjectURL = () => undefined;
  HTMLAnchorElement.prototype.click = function () {
    saved.push({ blob: last, name: this.download });
  };
});

it('saves the hits that are shown under the name the server gives', async () => {
  await openWorkbench(new FakeApi(manySessions(3, now)), '/history?q=ORD-10001', 'lena');
  await screen.findByText('2 messages');
  await user.click(screen.getByRole('button', { name: 'Export as CSV' }));
  await screen.findByText('Saved chat-history-test.csv');
  expect(saved[0]?.name).toBe('chat-history-test.csv');
  const lines = (await saved[0]?.blob.text())?.split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines?.[1]).toContain('ORD-10001');
});

it('lets an agent export one session and says why not all', async () => {
  await openWorkbench(new FakeApi(manySessions(3, now)), '/history?session=session-002', 'ali');
  await screen.findByText('Ali Agent');
  const all = screen.getByRole('button', { name: 'Export as CSV' });
  expect(all.getAttribute('aria-disabled')).toBe('true');
  await user.click(all);
  expect(await screen.findAllByText(/needs the role supervisor/)).not.toHaveLength(0);

  expect(saved).toEqual([]);

  await user.click(screen.getByRole('button', { name: 'Export this session as CSV' }));
  await screen.findByText('Saved chat-history-test.csv');
  expect((await saved[0]?.blob.text())?.split('\r\n')).toHaveLength(3);
});

it('saves nothing and says so when the export fails', async () => {
  const api = new FakeApi(manySessions(3, now));
  await openWorkbench(api, '/history', 'lena');
  await screen.findByText('3 sessions');
  api.outage = { status: 503 };
  await user.click(screen.getByRole('button', { name: 'Export as CSV' }));
  await screen.findByText(/Nothing was exported/);
  expect(saved).toEqual([]);
});
