import { messageOf, type MessageRow } from '../read/message-row.js';
import type { ContextMessage, TurnBeginning } from './turn.js';

/** What `begin_chat_turn` says: the JSON of the function in the database. */
export type SaidBeginning =
  | {
      readonly outcome: 'begun';
      readonly question_id: string;
      readonly begins_session: boolean;
      readonly conversation: string | null;
      readonly context: ContextMessage[];
    }
  | {
      readonly outcome: 'repeated';
      readonly question_id: string;
      readonly reply_id: string;
      readonly began_session: boolean;
      readonly reply: (Omit<MessageRow, 'created_at'> & { readonly created_at: string }) | null;
    }
  | { readonly outcome: 'too-early'; readonly last_message_at: string }
  | { readonly outcome: 'busy' | 'not-yours' | 'key-reused' };

/** The same in the words of the ledger. */
export function beginningOf(said: SaidBeginning): TurnBeginning {
  switch (said.outcome) {
    case 'begun': {
      const { outcome, question_id: questionId, begins_session: beginsSession, conversation, context } = said;
      return { outcome, questionId, beginsSession, conversation, context };
    }
    case 'repeated': {
      const { outcome, question_id: questionId, reply_id: replyId, began_session: beganSession } = said;
      const reply = said.reply && messageOf({ ...said.reply, created_at: new Date(said.reply.created_at) });
      return { outcome, questionId, replyId, beganSession, reply };
    }
    case 'too-early':
      // Somebody else's turn came between our two questions.
      return { outcome: 'busy' };
    case 'busy':
    case 'not-yours':
    case 'key-reused':
      return { outcome: said.outcome };
  }
}
