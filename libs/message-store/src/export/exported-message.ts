import type { MessageRole, MessageStatus } from '../message.js';

/** A message in an export; the columns are named as in the table. */
export interface ExportedMessage {
  readonly session_name: string;
  /** ISO 8601 in UTC, to the millisecond. */
  readonly created_at: string;
  readonly id: string;
  readonly role: MessageRole;
  readonly content: string;
  readonly response_time_ms: number | null;
  readonly agent_id: string | null;
  readonly agent_name: string | null;
  readonly status: MessageStatus;
  /** JSON as PostgreSQL writes it; only where a format has it. */
  readonly metadata?: string | null;
}

/** What every format has, in its order. */
export const exportedColumns = [
  'session_name',
  'created_at',
  'id',
  'role',
  'content',
  'response_time_ms',
  'agent_id',
  'agent_name',
  'status',
] as const satisfies readonly (keyof ExportedMessage)[];
