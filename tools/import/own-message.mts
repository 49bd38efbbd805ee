import {
  maxResponseTimeMs,
  MessageTooLargeError,
  parseExactly,
  storableMessage,
  timeInsideId,
  type Message,
  type MessageRole,
  type MessageStatus,
} from '@chat-history/message-store';
import { sessionName } from '@chat-history/http-contract';
import { isObject, type JsonObject } from './json-record.mts';
import { RowFault } from './row-fault.mts';

/** The columns of an export, in its order. */
export const columns = ['session_name', 'created_at', 'id', 'role', 'content', 'response_time_ms', 'agent_id', 'agent_name', 'status', 'metadata'] as const; // prettier-ignore
export type Column = (typeof columns)[number];

export const roles: readonly MessageRole[] = ['user', 'assistant', 'agent'];
export const statuses: readonly MessageStatus[] = ['complete', 'interrupted', 'failed'];

/** The message of a row as an export of ours has it; id and time are as they were. @throws RowFault */
export function ownMessage(row: JsonObject): Message {
  const createdAt = exactTimeIn(row);
  return kept({
    sessionName: textIn(row, 'session_name'),
    createdAt,
    id: idIn(row, createdAt),
    role: oneOf(roles, 'role', textIn(row, 'role')),
    content: textIn(row, 'content'),
    responseTimeMs: durationIn(row),
    agentId: textOrNullIn(row, 'agent_id'),
    agentName: textOrNullIn(row, 'agent_name'),
    status: oneOf(statuses, 'status', textIn(row, 'status')),
    metadata: metadataIn(row),
  });
}

/** As the writer would have kept it, where it can be kept. @throws RowFault */
export function kept(message: Message): Message {
  try {
    const storable = storableMessage(message);
    const name = sessionName.safeParse(storable.sessionName);
    if (!name.success) throw new RowFault('session_name', name.error.issues[0]?.message ?? 'is none');
    return storable;
  } catch (error) {
    if (error instanceof MessageTooLargeError)
      throw new RowFault(error.field, 'takes more than 1 MiB of UTF-8');
    // Nested deeper than it can be walked through.
    if (error instanceof RangeError) throw new RowFault('metadata', 'is nested too deep');
    throw error;
  }
}

export function oneOf<Value extends string>(known: readonly Value[], column: Column, text: string): Value {
  const value = known.find((one) => one === text);
  if (value === undefined) throw new RowFault(column, `must be ${known.join(', ')}`);
  return value;
}

/** @param text JSON; empty for none. @throws RowFault */
export function metadataOf(text: string | null): JsonObject | null {
  if (text === null) return null;
  try {
    return metadataIn({ metadata: parseExactly(text) });
  } catch (error) {
    if (error instanceof RowFault) throw error;
    throw new RowFault('metadata', 'is no JSON');
  }
}

function textIn(row: JsonObject, column: Column): string {
  const text = textOrNullIn(row, column);
  if (text === null) throw new RowFault(column, 'is missing');
  return text;
}

function textOrNullIn(row: JsonObject, column: Column): string | null {
  const value = row[column] ?? null;
  if (value !== null && typeof value !== 'string') throw new RowFault(column, 'must be text');
  return value;
}

function exactTimeIn(row: JsonObject): Date {
  const text = textIn(row, 'created_at');
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== text) {
    throw new RowFault('created_at', 'must be as in 2026-11-28T10:00:00.000Z');
  }
  return time;
}

/** By the time inside its id a message is found again; every message of ours has its own there. */
function idIn(row: JsonObject, createdAt: Date): string {
  const id = textIn(row, 'id').toLowerCase();
  if (timeInsideId(id)?.getTime() !== createdAt.getTime()) {
    throw new RowFault('id', 'must be a UUID of version 7 whose millisecond is created_at');
  }
  return id;
}

function durationIn(row: JsonObject): number | null {
  const duration = row['response_time_ms'] ?? null;
  if (duration === null) return null;
  if (
    typeof duration !== 'number' ||
    !Number.isInteger(duration) ||
    duration < 0 ||
    duration > maxResponseTimeMs
  ) {
    throw new RowFault('response_time_ms', 'must be a whole number of milliseconds');
  }
  return duration;
}

function metadataIn(row: JsonObject): JsonObject | null {
  const metadata = row['metadata'] ?? null;
  if (metadata !== null && !isObject(metadata)) throw new RowFault('metadata', 'must be a JSON object');
  return metadata;
}
