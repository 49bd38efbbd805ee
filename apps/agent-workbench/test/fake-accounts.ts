import { type Me } from '@chat-history/http-contract';

export interface Account extends Me {
  readonly username: string;
  readonly password: string;
}

/** Who may sign in. */
export const accounts: readonly Account[] = [
  account('lena', 'supervisor', 'Lena Supervisor', 'aa'),
  account('ali', 'agent', 'Ali Agent', 'ab'),
  account('ada', 'admin', 'Ada Admin', 'ac'),
];

export function accountOf(username: string): Account {
  const known = accounts.find((one) => one.username === username);
  if (!known) throw new Error(`no account ${username}`);
  return known;
}

function account(username: string, role: Me['role'], agent_name: string, end: string): Account {
  return {
    username,
    password: 'correct horse',
    role,
    agent_name,
    agent_id: `00000000-0000-7000-8000-0000000000${end}`,
  };
}
