import { z } from 'zod';
import type { CozeChat } from './coze-contract.js';

const cozeNote = z.object({
  conversation_id: z.string(),
  /** The run that is not known to have ended; while it goes on, Coze refuses the conversation's next question. */
  chat_id: z.string().optional(),
});

/** What is kept with a session of its conversation on Coze. */
export type CozeNote = z.infer<typeof cozeNote>;

/** A note that cannot be read (another bot may have left it) is none. */
export function readNote(text: string | undefined): CozeNote | undefined {
  try {
    return cozeNote.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

export function noteOfRunning({ conversation_id, id }: CozeChat): string {
  return JSON.stringify({ conversation_id, chat_id: id } satisfies CozeNote);
}

export function noteOfEnded({ conversation_id }: Pick<CozeNote, 'conversation_id'>): string {
  return JSON.stringify({ conversation_id } satisfies CozeNote);
}
