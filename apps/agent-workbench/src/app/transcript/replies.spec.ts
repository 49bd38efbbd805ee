import { screen, waitFor } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { FakeApi } from '../../../test/fake-api';
import { manySessions } from '../../../test/fake-data';
import { goTo, openWorkbench } from '../../../test/workbench';

const user = userEvent.setup();
const field = () => screen.getByLabelText<HTMLTextAreaElement>('Answer the customer');
const answers = () => api.messages.filter(({ role }) => role === 'agent').map(({ content }) => content);
let api: FakeApi;
let letAnswer: () => void;

async function open(session: string): Promise<void> {
  await goTo(`/history?session=${session}`);
  await screen.findByRole('region', { name: `Transcript of ${session}` });
}

/** In session-001 an answer is on its way, and goes on when the server is let answer. */
beforeEach(async () => {
  api = new FakeApi(manySessions(2, new Date()));
  await openWorkbench(api, '/history?session=session-001', 'ali');
  await user.type(await screen.findByLabelText('Answer the customer'), 'To the first');
  api.repliesWaitFor = new Promise((resolve) => (letAnswer = resolve));
  await user.click(screen.getByRole('button', { name: 'Send' }));
  await screen.findByRole('button', { name: 'Sending…' });
});

it('does not hold up an answer in another session', async () => {
  await open('session-002');
  await user.type(field(), 'To the second');
  await user.click(screen.getByRole('button', { name: 'Send' }));
  letAnswer();
  await screen.findByText('To the second', { selector: '.content' });
  expect(answers().toSorted()).toEqual(['To the first', 'To the second']);
});

it('is on its way still when its session is opened again, and then gone from the box', async () => {
  await open('session-002');
  await open('session-001');
  expect(screen.getByRole('button', { name: 'Sending…' })).toBeTruthy();
  expect([field().value, field().readOnly]).toEqual(['To the first', true]);
  letAnswer();
  await screen.findByText('To the first', { selector: '.content' });
  expect([field().value, field().readOnly]).toEqual(['', false]);
});

it('leaves no text in the box when it arrived while the reader was on another page', async () => {
  await goTo('/exports');
  await screen.findByText(/There are no exports/);
  letAnswer();
  await waitFor(() => expect(answers()).toEqual(['To the first']));
  await open('session-001');
  await screen.findByText('To the first', { selector: '.content' });
  expect(field().value).toBe('');
});

it.each([
  ['in another session', '/history?session=session-002', 503, 'was not sent; it is still there'],
  ['on another page', '/exports', 503, 'was not sent; it is still there'],
  ['in another session', '/history?session=session-002', 504, 'may have arrived all the same'],
])('says also %s that it failed, and more in its own', async (_, elsewhere, status, words) => {
  await goTo(elsewhere);
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Sending…' })).toBeNull());
  api.outage = { status };
  letAnswer();
  await screen.findByText(new RegExp(`Your answer in session-001 ${words}.*not available right now`));
  expect(screen.queryByText(/You can send it again|it is still here/)).toBeNull();

  api.outage = undefined;
  await open('session-001');
  await screen.findByText(/You can send it again|it is still here/);
  expect(field().value).toBe('To the first');
  await user.click(screen.getByRole('button', { name: 'Send' }));
  await screen.findByText('To the first', { selector: '.content' });
  expect(screen.queryByText(/You can send it again|it is still here/)).toBeNull();
});

it('says only in the box that it failed while its session is the open one', async () => {
  api.outage = { status: 503 };
  letAnswer();
  await screen.findByText(/it is still here/);
  expect(screen.queryByText(/Your answer in session-001/)).toBeNull();
});
