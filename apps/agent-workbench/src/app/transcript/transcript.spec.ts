import { screen, within } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { FakeApi } from '../../../test/fake-api';
import { longSession, message } from '../../../test/fake-data';
import { address, goTo, openWorkbench } from '../../../test/workbench';

const user = userEvent.setup();
const now = new Date();
const session_name = 'a session';

const shown = () => [...document.querySelectorAll('.content')].map((content) => content.textContent);

it('opens at the latest end, oldest first, and loads older messages on demand', async () => {
  await openWorkbench(
    new FakeApi(longSession(session_name, 120, now)),
    `/history?session=${session_name}`,
    'ali',
  );
  await screen.findByText('Message 120', { selector: '.content' });
  expect([shown()[0], shown().length]).toEqual(['Message 71', 50]);

  await user.click(screen.getByRole('button', { name: 'Load older messages' }));
  await screen.findByText('Message 21');
  await user.click(screen.getByRole('button', { name: 'Load older messages' }));
  await screen.findByText('Beginning of the session');
  expect([shown()[0], shown().at(-1), shown().length]).toEqual(['Message 1', 'Message 120', 120]);
  expect(screen.queryByRole('button', { name: 'Load older messages' })).toBeNull();
});

it('opens around the message in the address, puts the focus on it and loads newer ones', async () => {
  const messages = longSession(session_name, 200, now);
  const id = messages[99]?.id;
  await openWorkbench(new FakeApi(messages), `/history?session=${session_name}&message=${id}`, 'ali');
  await screen.findByText('Message 100');
  expect(document.activeElement?.textContent).toContain('Message 100');

  await user.click(screen.getByRole('button', { name: 'Load newer messages' }));
  await screen.findByText('Message 150');
  expect(shown()[0]).toBe('Message 75');
});

it('shows markup, spaces and line ends as text, and who spoke', async () => {
  const content = '<img src=x onerror=alert(1)>  two  spaces\n\tand a tab 退款';
  const api = new FakeApi([
    message(1, now, { session_name, role: 'user', content }),
    message(2, now, {
      session_name,
      role: 'assistant',
      content: 'So far',
      status: 'interrupted',
      response_time_ms: 8_450,
    }),
    message(3, now, { session_name, role: 'assistant', content: '', status: 'failed' }),
    message(4, now, { session_name, role: 'agent', content: 'I take over', agent_name: 'Grace' }),
  ]);
  await openWorkbench(api, `/history?session=${session_name}`, 'ali');
  await screen.findByText('I take over', { selector: '.content' });

  expect(shown()).toEqual([content, 'So far', 'No text', 'I take over']);
  expect(document.querySelector('img')).toBeNull();
  const items = within(screen.getByRole('group', { name: 'Messages' })).getAllByRole('listitem');
  expect(items[0]?.textContent).toContain('Customer');
  expect(items[1]?.textContent).toMatch(/Bot.*answered in 8\.[45] s.*Interrupted/s);
  expect(items[2]?.textContent).toContain('Failed');
  expect(items[3]?.textContent).toMatch(/Agent · Grace/);
});

it('shows the beginning of a very long message, and all of it when asked', async () => {
  const content = 'W'.repeat(100_000);
  const api = new FakeApi([message(1, now, { session_name, role: 'user', content })]);
  await openWorkbench(api, `/history?session=${session_name}`, 'ali');
  await user.click(await screen.findByRole('button', { name: /Show the whole message/ }));
  expect(shown()).toEqual([content]);
});

it('keeps what is shown when older messages cannot be had, and tries again', async () => {
  const api = new FakeApi(longSession(session_name, 60, now));
  await openWorkbench(api, `/history?session=${session_name}`, 'ali');
  await screen.findByText('Message 60', { selector: '.content' });
  api.outage = { status: 503 };
  await user.click(screen.getByRole('button', { name: 'Load older messages' }));
  await screen.findByText(/The history is not available right now/);
  expect(shown().length).toBe(50);

  api.outage = undefined;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('Message 1');
  expect(shown().length).toBe(60);
});

it('says that a session is gone, and leads from a lost message to the latest ones', async () => {
  const api = new FakeApi(longSession(session_name, 2, now));
  await openWorkbench(api, '/history?session=nobody', 'ali');
  await screen.findByText(/This is not, or no longer, in the history/);
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  // A mistyped name must not begin a session.
  expect(screen.queryByLabelText('Answer the customer')).toBeNull();

  const lost = '00000000-0000-7000-8000-00000000dead';
  await goTo(`/history?session=${session_name}&message=${lost}`);
  await user.click(await screen.findByRole('button', { name: 'Open the latest messages' }));
  await screen.findByText('Message 2', { selector: '.content' });
  expect(screen.queryByLabelText('Answer the customer')).not.toBeNull();
  expect(address()).toBe(`/history?session=${session_name}`);
});
