import { screen, within } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { FakeApi } from '../../../test/fake-api';
import { longSession, manySessions } from '../../../test/fake-data';
import { address, openWorkbench } from '../../../test/workbench';

const user = userEvent.setup();
const now = new Date();

const names = () =>
  within(screen.getByRole('list', { name: 'Sessions' }))
    .getAllByRole('link')
    .map((link) => link.querySelector('bdi')?.textContent);

it('lists fifty sessions a page, latest first, and goes forward and back', async () => {
  await openWorkbench(new FakeApi(manySessions(120, now)), '/history', 'ali');
  await screen.findByText('50 sessions on page 1');
  expect([names()[0], names()[49]]).toEqual(['session-120', 'session-071']);

  await user.click(screen.getByRole('button', { name: 'Next page' }));
  await screen.findByText('50 sessions on page 2');
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  await screen.findByText('20 sessions on page 3');
  expect(names().at(-1)).toBe('session-001');
  expect(screen.getByRole('button', { name: 'Next page' }).getAttribute('aria-disabled')).toBe('true');

  await user.click(screen.getByRole('button', { name: 'Previous page' }));
  await screen.findByText('50 sessions on page 2');
  expect(names()[0]).toBe('session-070');
});

it('begins at the first page again when the time changes', async () => {
  await openWorkbench(new FakeApi(manySessions(200, now)), '/history', 'ali');
  await screen.findByText('50 sessions on page 1');
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  await screen.findByText('50 sessions on page 2');
  await user.click(screen.getByRole('radio', { name: '7 days' }));
  await screen.findByText('50 sessions on page 1');
  expect(address()).toBe('/history?range=7d');
});

it('offers all times where the chosen days hold nothing', async () => {
  await openWorkbench(
    new FakeApi(manySessions(3, now)),
    '/history?range=custom&from=2020-01-01&to=2020-01-31',
    'ali',
  );
  expect((await screen.findByLabelText<HTMLInputElement>('From')).value).toBe('2020-01-01');
  await user.click(await screen.findByRole('button', { name: 'Show all times' }));
  await screen.findByText('3 sessions');
  expect(address()).toBe('/history');
});

it('says that the database is away and lists again when asked to', async () => {
  const api = new FakeApi(manySessions(3, now));
  api.outage = { status: 503 };
  await openWorkbench(api, '/history', 'ali');
  const notice = await screen.findByText(/The history is not available right now/);
  expect(notice.closest('[role=alert]')).toBeTruthy();

  api.outage = undefined;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('3 sessions');
  expect(screen.queryByText(/not available/)).toBeNull();
});

it('shows what arrived meanwhile on refresh', async () => {
  const api = new FakeApi(manySessions(1, now));
  await openWorkbench(api, '/history', 'ali');
  await screen.findByText('1 session');
  api.messages = [...api.messages, ...longSession('session-999', 1, now)];
  await user.click(screen.getByRole('button', { name: 'Refresh the list' }));
  await screen.findByText('2 sessions');
  expect(names()[0]).toBe('session-999');
});

it('opens a session by its link and marks it as the current one', async () => {
  await openWorkbench(new FakeApi(manySessions(2, now)), '/history?range=30d', 'ali');
  await user.click(await screen.findByRole('link', { name: /session-001/ }));
  await screen.findByRole('region', { name: /Transcript of session-001/ });
  expect(screen.getByRole('link', { name: /session-001/ }).getAttribute('aria-current')).toBe('true');
  expect(address()).toBe('/history?range=30d&session=session-001');
});

it('moves the focus from session to session with the arrow keys', async () => {
  await openWorkbench(new FakeApi(manySessions(3, now)), '/history', 'ali');
  (await screen.findByRole('link', { name: /session-003/ })).focus();
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement?.textContent).toContain('session-002');
  await user.keyboard('{End}{ArrowDown}');
  expect(document.activeElement?.textContent).toContain('session-001');
});
