import { screen, within } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import * as contract from '@chat-history/http-contract';
import { FakeApi } from '../../../test/fake-api';
import { manySessions, message } from '../../../test/fake-data';
import { address, openWorkbench } from '../../../test/workbench';
import { maxQueryCharacters } from './search-form';

const user = userEvent.setup();
const now = new Date();
const withRefund = () =>
  new FakeApi([
    ...manySessions(2, now),
    message(900, now, { session_name: 'refund', role: 'user', content: '我要退款，谢谢 <b>order</b>' }),
    message(901, now, { session_name: 'refund', role: 'agent', content: 'Your order is refunded.' }),
  ]);

const hits = () => within(screen.getByRole('list', { name: 'Hits' })).getAllByRole('link');

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

it('takes a query as long as the contract does', () => {
  expect(maxQueryCharacters).toBe(contract.maxQueryCharacters);
});
