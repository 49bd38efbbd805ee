import { screen, within } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import * as contract from '@chat-history/http-contract';
import { FakeApi } from '../../../test/fake-api';
import { manySessions, message } from '../../../test/fake-data';
import { address, goTo, openWorkbench } from '../../../test/workbench';
import { tookTooLong } from '../api/problem-error';
import { maxQueryCharacters } from './search-form';

const user = userEvent.setup();
const now = new Date();
const withRefund = () =>
  new FakeApi([
    ...manySessions(2, now),
    message(900, now, { session_name: 'refund', role: 'user', content: '我要退款，谢谢 <b>order</b>' }),
    message(901, now, { session_name: 'refund', role: 'agent', content: 'Your order is refunded.' }),
  ]);

const hits = () => within(screen.getByRole('list', { name: 'Messages found' })).getAllByRole('link');

it('finds in all sessions and marks the hits as text', async () => {
  await openWorkbench(withRefund(), '/history', 'ali');
  await user.type(await screen.findByLabelText('Search all sessions'), 'order{Enter}');
  await screen.findByText('6 messages');
  expect(address()).toBe('/history?q=order');
  expect(hits()[1]?.querySelector('p')?.textContent?.trim()).toBe('我要退款，谢谢 <b>order</b>');
  expect([...(hits()[1]?.querySelectorAll('mark') ?? [])].map((mark) => mark.textContent)).toEqual(['order']);
});

it('finds in the open session alone when asked to', async () => {
  await openWorkbench(withRefund(), '/history?session=refund&q=order', 'ali');
  await screen.findByText('6 messages');
  await user.click(screen.getByRole('radio', { name: 'This session' }));
  await screen.findByText('2 messages');
  expect(address()).toBe('/history?session=refund&q=order&scope=session');
});

it('opens the transcript around the hit that was chosen, with the focus on it', async () => {
  await openWorkbench(withRefund(), '/history?q=refunded', 'ali');
  await user.click(await screen.findByRole('link', { name: /refunded/ }));
  await screen.findByRole('region', { name: /Transcript of refund/ });
  await screen.findByText('Your order is refunded.', { selector: '.content' });
  expect(document.activeElement?.getAttribute('data-role')).toBe('agent');
  expect(address()).toMatch(/q=refunded&session=refund&message=/);
});

it('says what was not found, and lists the sessions again when the search is cleared', async () => {
  await openWorkbench(withRefund(), '/history?q=zebra&range=30d', 'ali');
  await screen.findByText(/No message\s+matches/);
  expect(screen.getByText('0 messages').getAttribute('role')).toBe('status');
  await user.click(screen.getByRole('button', { name: 'Clear the search' }));
  await screen.findByText('3 sessions');
  expect(document.activeElement).toBe(screen.getByLabelText('Search all sessions'));
});

it('narrows by who spoke, the agent and the status, without words too, and keeps that in the address', async () => {
  const api = new FakeApi([
    ...manySessions(2, now),
    message(900, now, { session_name: 'refund', role: 'agent', content: 'Refunded.' }),
    message(901, now, { session_name: 'refund', role: 'assistant', content: 'Let me', status: 'failed' }),
    message(902, now, {
      session_name: 'refund',
      role: 'agent',
      content: 'Done.',
      agent_id: 'b1',
      agent_name: 'Bo',
    }),
  ]);
  await openWorkbench(api, '/history', 'ali');
  await screen.findByText('3 sessions');
  await user.click(screen.getByRole('button', { name: 'Filters', expanded: false }));
  await user.selectOptions(screen.getByLabelText('Said by'), 'Agent');
  await screen.findByText('2 messages');
  expect(address()).toBe('/history?role=agent');
  await user.selectOptions(screen.getByLabelText('Agent'), 'Bo');
  await screen.findByText('1 message');
  expect(address()).toBe('/history?role=agent&agent=b1');
  await user.click(screen.getByRole('button', { name: 'Clear filters' }));
  await screen.findByText('3 sessions');
  await user.selectOptions(screen.getByLabelText('Status'), 'Failed');
  await screen.findByText('1 message');
  expect(hits()[0]?.textContent).toContain('Let me');
  // Of an answer that failed at once there is nothing else to see.
  expect(within(hits()[0] as HTMLElement).getByText('Failed')).toBeTruthy();
});

it('shows the filters of an address, also of an agent whose name is not known yet', async () => {
  await openWorkbench(withRefund(), '/history?role=agent&agent=somebody&q=order&range=7d', 'ali');
  await screen.findByText('0 messages');
  const chosen = (label: string) => screen.getByLabelText<HTMLSelectElement>(label).selectedOptions[0]?.text;
  expect(['Said by', 'Agent', 'Status'].map(chosen)).toEqual(['Agent', 'somebody', 'Any']);
  expect(screen.getByRole('button', { name: 'Filters (2)', expanded: true })).toBeTruthy();
  expect(screen.getByText(/with these filters in this time/)).toBeTruthy();
});

it('lists every message of a session without words', async () => {
  await openWorkbench(withRefund(), '/history?session=refund&scope=session', 'ali');
  await screen.findByText('2 messages');
  expect(hits()).toHaveLength(2);
});

it('puts the oldest or the best match first, and the best match only where there are words', async () => {
  const api = new FakeApi([
    message(1, now, { session_name: 'a', role: 'user', content: 'one refund' }),
    message(2, now, { session_name: 'b', role: 'user', content: 'refund, refund!' }),
    message(3, now, { session_name: 'c', role: 'user', content: 'a refund too' }),
  ]);
  const first = () => hits()[0]?.querySelector('p')?.textContent?.trim();
  await openWorkbench(api, '/history?q=refund', 'ali');
  await screen.findByText('3 messages');
  expect(first()).toBe('a refund too');
  await user.selectOptions(screen.getByLabelText('Order'), 'oldest');
  await screen.findByText('3 messages');
  expect([first(), address()]).toEqual(['one refund', '/history?q=refund&order=oldest']);
  await user.selectOptions(screen.getByLabelText('Order'), 'relevance');
  await screen.findByText('3 messages');
  expect([first(), address()]).toEqual(['refund, refund!', '/history?q=refund&order=relevance']);

  await goTo('/history?role=user&order=relevance');
  await screen.findByText('3 messages');
  expect(screen.getByLabelText<HTMLSelectElement>('Order').selectedOptions[0]?.text).toBe('Newest first');
  expect(screen.getByRole<HTMLOptionElement>('option', { name: 'Best match' }).disabled).toBe(true);
});

it('says how many match, through all pages, and that more were neither counted nor ranked', async () => {
  const api = new FakeApi(manySessions(100, now));
  api.mostHits = 70;
  await openWorkbench(api, '/history?q=order&order=relevance', 'ali');
  expect((await screen.findByText('70+ messages')).getAttribute('role')).toBe('status');
  expect(screen.getByText(/The best of the newest 70/).getAttribute('role')).toBe('status');
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  await screen.findByText('Page 2');
  await screen.findByText('70+ messages');
  expect(hits()).toHaveLength(20);
  await goTo('/history?q=ORD-10007&order=relevance');
  await screen.findByText('2 messages');
  expect(screen.queryByText(/The best of/)).toBeNull();
});

it('says how to narrow a search that took too long', async () => {
  const api = withRefund();
  await openWorkbench(api, '/history', 'ali');
  await screen.findByText('3 sessions');
  const detail = 'Search a shorter time range or one session, or for more words.';
  api.outage = { status: 503, type: tookTooLong, detail };
  await user.type(screen.getByLabelText('Search all sessions'), 'order{Enter}');
  const notice = (await screen.findByText(/This took too long/)).closest('[role=alert]');
  expect(notice?.textContent).toContain(detail);
  api.outage = undefined;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('6 messages');
});

it('takes a query as long as the contract does', () => {
  expect(maxQueryCharacters).toBe(contract.maxQueryCharacters);
});
