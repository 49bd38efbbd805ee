import { screen, waitFor } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { agentMessageRequest } from '@chat-history/http-contract';
import { FakeApi } from '../../../test/fake-api';
import { longSession, manySessions } from '../../../test/fake-data';
import { openWorkbench } from '../../../test/workbench';
import { maxReplyCharacters } from './reply-box';

const user = userEvent.setup();
const now = new Date();

afterEach(() => jest.restoreAllMocks());

const field = () => screen.getByLabelText<HTMLTextAreaElement>('Answer the customer');

it('sends an answer and shows it at the end of the transcript', async () => {
  const api = new FakeApi(longSession('help', 3, now));
  await openWorkbench(api, '/history?session=help', 'ali');
  await user.type(await screen.findByLabelText('Answer the customer'), 'I can help.');
  await user.click(screen.getByRole('button', { name: 'Send' }));
  await screen.findByText('I can help.', { selector: '.content' });
  expect(field().value).toBe('');
  expect(api.messages.at(-1)).toMatchObject({
    role: 'agent',
    content: 'I can help.',
    agent_name: 'Ali Agent',
  });
});

it('keeps an answer that could not be sent', async () => {
  const api = new FakeApi(longSession('help', 3, now));
  await openWorkbench(api, '/history?session=help', 'ali');
  await user.type(await screen.findByLabelText('Answer the customer'), 'Not lost');
  api.outage = { status: 503 };
  await user.keyboard('{Control>}{Enter}{/Control}');
  await screen.findByText(/Your answer was not sent; it is still here/);
  expect(field().value).toBe('Not lost');

  api.outage = undefined;
  await user.click(screen.getByRole('button', { name: 'Send' }));
  await screen.findByText('Not lost', { selector: '.content' });
});

it('says so when the page itself could not send an answer', async () => {
  jest.spyOn(console, 'error').mockImplementation();
  sessionStorage.setItem('workbench.try.help', 'cut of');
  await openWorkbench(new FakeApi(longSession('help', 3, now)), '/history?session=help', 'ali');
  await user.type(await screen.findByLabelText('Answer the customer'), 'Hello');
  await user.click(screen.getByRole('button', { name: 'Send' }));
  const notice = await screen.findByText(/Something went wrong on this page/);
  expect(notice.closest('[role=alert]')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Send' })).toBeTruthy();
});

it.each([502, 504])(
  'does not say of a %i that the answer was not sent, or that nothing is lost',
  async (status) => {
    const api = new FakeApi(longSession('help', 3, now));
    await openWorkbench(api, '/history?session=help', 'ali');
    await user.type(await screen.findByLabelText('Answer the customer'), 'Perhaps there');
    api.outage = { status };
    await user.click(screen.getByRole('button', { name: 'Send' }));
    const notice = (await screen.findByText(/may have arrived all the same/)).closest('[role=alert]');
    expect(notice?.textContent).not.toMatch(/nothing is lost|was not sent/);
    expect(field().value).toBe('Perhaps there');
  },
);

describe('an answer that arrived although nobody said so', () => {
  const send = () => user.click(screen.getByRole('button', { name: 'Send' }));

  async function sendAndLoseTheAnswer(text: string): Promise<FakeApi> {
    const api = new FakeApi(longSession('help', 3, now));
    await openWorkbench(api, '/history?session=help', 'ali');
    await user.type(await screen.findByLabelText('Answer the customer'), text);
    api.losesAnswers = true;
    await send();
    await screen.findByText(/may have arrived all the same/);
    api.losesAnswers = false;
    return api;
  }

  it('is not stored twice when it is sent again, also after it was changed back', async () => {
    const api = await sendAndLoseTheAnswer('Once');
    await user.type(field(), '!{Backspace}');
    await send();
    await screen.findByText('Once', { selector: '.content' });
    expect(api.messages.filter(({ content }) => content === 'Once')).toHaveLength(1);
  });

  it('is another one when its text is changed', async () => {
    const api = await sendAndLoseTheAnswer('One');
    await user.type(field(), ' more');
    await send();
    await screen.findByText('One more', { selector: '.content' });
    expect(api.messages.filter(({ role }) => role === 'agent')).toHaveLength(2);
  });

  it('is sent anew when it is wanted twice', async () => {
    const api = await sendAndLoseTheAnswer('Yes');
    await send();
    await screen.findByText('Yes', { selector: '.content' });
    await user.type(field(), 'Yes');
    await send();
    await waitFor(() => expect(screen.getAllByText('Yes', { selector: '.content' })).toHaveLength(2));
    expect(api.messages.filter(({ content }) => content === 'Yes')).toHaveLength(2);
  });
});

it('keeps the answer begun in one session while another is read', async () => {
  await openWorkbench(new FakeApi(manySessions(2, now)), '/history?session=session-001', 'ali');
  await user.type(await screen.findByLabelText('Answer the customer'), 'Half an ans');
  await user.click(await screen.findByRole('link', { name: /session-002/ }));
  await screen.findByRole('region', { name: /Transcript of session-002/ });
  expect(field().value).toBe('');
  await user.click(screen.getByRole('link', { name: /session-001/ }));
  await screen.findByRole('region', { name: /Transcript of session-001/ });
  await expect(screen.findByDisplayValue('Half an ans')).resolves.toBe(field());
});

it('lets an agent write as much as the contract takes', () => {
  const takes = (length: number) => agentMessageRequest.safeParse({ content: 'x'.repeat(length) }).success;
  expect([takes(maxReplyCharacters), takes(maxReplyCharacters + 1)]).toEqual([true, false]);
});
