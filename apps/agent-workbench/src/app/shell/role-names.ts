import { type MessageRole } from '@chat-history/http-contract';

/** What the reader calls the one who spoke. */
export const roleNames: Readonly<Record<MessageRole, string>> = {
  user: 'Customer',
  assistant: 'Bot',
  agent: 'Agent',
};
