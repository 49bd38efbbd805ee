import { type MessageStatus } from '@chat-history/http-contract';

/** How messages ended, as readers are told. */
export const statusNames: Readonly<Record<MessageStatus, string>> = {
  complete: 'Complete',
  interrupted: 'Interrupted',
  failed: 'Failed',
};
