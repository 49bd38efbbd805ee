import { screen } from '@testing-library/angular';
import userEvent from '@testing-library/user-event';

const user = userEvent.setup();

/** Fills in and sends the form, on its page or in the dialog. */
export async function signIn(username: string, password = 'correct horse'): Promise<void> {
  await user.clear(await screen.findByLabelText(/User name/));
  await user.type(screen.getByLabelText(/User name/), username);
  await user.clear(screen.getByLabelText(/Password/));
  await user.type(screen.getByLabelText(/Password/), password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
}
