import { screen, within } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';
import { FakeApi } from '../../../test/fake-api';
import { manySessions } from '../../../test/fake-data';
import { signIn } from '../../../test/sign-in';
import { address, openWorkbench } from '../../../test/workbench';

const user = userEvent.setup();

afterEach(() => jest.restoreAllMocks());

it('asks for a sign-in first and then goes where the address said', async () => {
  await openWorkbench(new FakeApi(manySessions(1, new Date())), '/history?range=7d');
  await signIn('lena');
  expect(await screen.findByRole('link', { name: /session-001/ })).toBeTruthy();
  expect(address()).toBe('/history?range=7d');
  expect(await screen.findByText('Lena Supervisor')).toBeTruthy();
});

it('keeps what was typed when the password is wrong', async () => {
  await openWorkbench(new FakeApi([]), '/history');
  await signIn('lena', 'wrong');
  expect((await screen.findByText(/User name or password is wrong/)).closest('[role=alert]')).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>(/User name/).value).toBe('lena');
});

it('does not ask the server while a field is empty', async () => {
  await openWorkbench(new FakeApi([]), '/history');
  await user.type(await screen.findByLabelText(/User name/), 'lena{Enter}');
  expect(screen.queryByText(/wrong/)).toBeNull();
  expect(screen.getByRole('button', { name: 'Sign in' }).getAttribute('aria-disabled')).toBe('true');
});

it('asks again over the page when the sign-in has expired, and then finishes what was asked', async () => {
  const api = new FakeApi(manySessions(120, new Date()));
  await openWorkbench(api, '/history', 'lena');
  await user.type(await screen.findByLabelText('Search all sessions'), 'half a word');
  await screen.findByRole('link', { name: /session-120/ });

  api.expireTokens();
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  await screen.findByRole('dialog', { name: 'Sign in again' });
  await signIn('lena');

  expect(await screen.findByText('50 sessions on page 2')).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>('Search all sessions').value).toBe('half a word');
});

it('asks again also when the server has only the files of a newer build', async () => {
  const api = new FakeApi(manySessions(120, new Date()));
  await openWorkbench(api, '/history', 'lena');
  await screen.findByRole('link', { name: /session-120/ });
  for (const file of ['./login-page', './sign-in-again-dialog'])
    jest.doMock(file, () => {
      throw new TypeError('Failed to fetch dynamically imported module');
    });

  api.expireTokens();
  await user.click(screen.getByRole('button', { name: 'Next page' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Sign in again' }));
  await user.click(dialog.getByRole('button', { name: 'Sign out' }));
  await screen.findByText(/Sign in to read and answer/);
});

it('says so when the page itself cannot keep the sign-in', async () => {
  jest.spyOn(console, 'error').mockImplementation();
  await openWorkbench(new FakeApi([]), '/history');
  jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await signIn('lena');
  await screen.findByText(/Something went wrong on this page/);
});

it('leaves to the sign-in page, and forgets the token, when the agent signs out', async () => {
  await openWorkbench(new FakeApi(manySessions(1, new Date())), '/history', 'lena');
  await user.click(await screen.findByRole('button', { name: 'Sign out' }));
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeTruthy();
  expect(sessionStorage.length).toBe(0);
});
