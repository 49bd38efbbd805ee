import { screen, waitFor } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { FakeApi } from '../../../test/fake-api';
import { manySessions } from '../../../test/fake-data';
import { signIn } from '../../../test/sign-in';
import { address, goTo, openWorkbench } from '../../../test/workbench';

const user = userEvent.setup();
const session = '/history?session=session-001';
const field = () => screen.findByLabelText<HTMLTextAreaElement>('Answer the customer');
const answers = () => api.messages.filter(({ role }) => role === 'agent').map((one) => one.agent_name);
let api: FakeApi;

beforeEach(() => (api = new FakeApi(manySessions(2, new Date()))));

/** Ali's page asks for a new sign-in when Ali presses Send. */
async function sendExpired(): Promise<void> {
  await openWorkbench(api, session, 'ali');
  await user.type(await field(), 'From Ali');
  api.expireTokens();
  await user.click(screen.getByRole('button', { name: 'Send' }));
  await screen.findByRole('dialog', { name: 'Sign in again' });
}

async function findNothingOfAli(): Promise<void> {
  await screen.findByText('Lena Supervisor');
  await goTo(session);
  await screen.findByRole('region', { name: 'Transcript of session-001' });
  expect((await field()).value).toBe('');
  expect(screen.queryByText(/it is still here|no longer valid|From Ali/)).toBeNull();
  expect(JSON.stringify(sessionStorage)).not.toContain('From Ali');
}

it('sends what waited for a new sign-in of the same agent', async () => {
  await sendExpired();
  await signIn('ali');
  await screen.findByText('From Ali', { selector: '.content' });
  expect([answers(), address()]).toEqual([['Ali Agent'], session]);
});

it('begins anew for another agent, and sends nothing that was the first one’s', async () => {
  await sendExpired();
  await signIn('lena');
  await waitFor(() => expect(address()).toBe('/history'));
  await screen.findByText('2 sessions');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(answers()).toEqual([]);
  await findNothingOfAli();
});

it('does not ask another agent to sign in for what the first one sent before', async () => {
  await openWorkbench(api, session, 'ali');
  await user.type(await field(), 'From Ali');
  let takeReplies = (): void => undefined;
  api.repliesWaitFor = new Promise((resolve) => (takeReplies = resolve));
  await user.click(screen.getByRole('button', { name: 'Send' }));
  api.expireTokens();
  await user.click(screen.getByRole('button', { name: 'Show the latest messages' }));
  await screen.findByRole('dialog', { name: 'Sign in again' });
  await signIn('lena');
  await screen.findByText('2 sessions');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

  takeReplies();
  await waitFor(() =>
    expect(api.requests.filter((one) => one.startsWith('POST') && /messages/.test(one))).toHaveLength(1),
  );
  await findNothingOfAli();
  expect([screen.queryByRole('dialog'), answers()]).toEqual([null, []]);
});

it.each([
  ['ali', 'From Ali'],
  ['lena', ''],
])(
  'knows after a reload, too, whose the page was: to %s it shows the draft “%s”',
  async (username, draft) => {
    sessionStorage.setItem('workbench.access_token', 'expired');
    sessionStorage.setItem('workbench.agent_id', api.idOf('ali'));
    sessionStorage.setItem('workbench.draft.session-001', 'From Ali');
    await openWorkbench(api, session);
    await signIn(username);
    await screen.findByText('2 sessions');
    await goTo(session);
    expect((await field()).value).toBe(draft);
  },
);

it('forgets the first one’s drafts also when another signs in on the sign-in page', async () => {
  await openWorkbench(api, session, 'ali');
  await user.type(await field(), 'From Ali');
  await goTo('/login');
  await signIn('lena');
  await findNothingOfAli();
});

it('leaves no question to another agent that the first one was asked', async () => {
  api.exports.succeed(api.exports.add(api.idOf('lena')).id);
  api.exports.add(api.idOf('lena'));
  await openWorkbench(api, '/exports', 'lena');
  await user.click(await screen.findByRole('button', { name: 'Delete' }));
  await screen.findByRole('alertdialog', { name: 'Delete this file?' });
  api.expireTokens();
  await screen.findByRole('dialog', { name: 'Sign in again' });
  await signIn('ali');
  await screen.findByText('2 sessions');
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(address()).toBe('/history');
});
