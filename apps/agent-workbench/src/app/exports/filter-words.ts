import { type MessageFilter } from '@chat-history/http-contract';
import { DateTime } from 'luxon';
import { roleNames } from '../shell/role-names';
import { statusNames } from '../shell/status-names';

/** One part of a filter: what it is about and, as someone wrote it, what it must be. */
export interface FilterPart {
  readonly label: string;
  readonly value: string;
}

/** A filter for a reader; empty when it takes every message. Times are those of the reader's zone. */
export function filterWords(filter: MessageFilter): readonly FilterPart[] {
  const { q, session_name, role, agent_id, status, from, to } = filter;
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['Matching', q && `“${q}”`],
    ['Session', session_name],
    ['Said by', role && roleNames[role]],
    ['Agent', agent_id],
    ['Status', status && statusNames[status]],
    ['From', from && time(from)],
    ['Before', to && time(to)],
  ];
  return parts.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

function time(instant: string): string {
  return DateTime.fromISO(instant).toLocaleString(DateTime.DATETIME_MED);
}
