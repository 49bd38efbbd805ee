import { createHash } from 'node:crypto';
import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { textArray } from '../write/text-array.js';
import { idsOfSource } from './source-message-id.js';

/** Which messages the store has already, and what they say. */
export class KeptMessages {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /**
   * @returns of a batch that is not empty, by the places of those that are there, the digests of what is kept.
   * @throws as `Queryable.query`.
   */
  async find(messages: readonly Message[]): Promise<ReadonlyMap<number, string>> {
    const ids = messages.map(({ id }) => idsOfSource(id));
    const times = messages.map(({ createdAt }) => createdAt.getTime());
    const rows = await this.#database.query<{ place: number; digest: string }>(findKept, [
      textArray(messages.map(({ sessionName }) => sessionName)),
      textArray(messages.map(({ createdAt }) => createdAt.toISOString())),
      textArray(ids.map(({ least }) => least)),
      textArray(ids.map(({ most }) => most)),
      new Date(times.reduce((least, time) => Math.min(least, time))).toISOString(),
      new Date(times.reduce((most, time) => Math.max(most, time))).toISOString(),
    ]);
    return new Map(rows.map(({ place, digest }) => [place, digest]));
  }
}

/** The SHA-256, in hexadecimal, of who said what; so texts that are kept need not travel to be compared. */
export function digestOf({ role, content }: Message): string {
  return createHash('sha256').update(`${role} ${content}`).digest('hex');
}

/** Each by its primary key, or a range of it, in the partitions of the batch's days alone. */
const findKept = `
  select (key.place - 1)::integer as place,
         encode(sha256(convert_to(m.role || ' ' || m.content, 'UTF8')), 'hex') as digest
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
    as key (session_name, created_at, least_id, most_id, place)
  join chat_messages m
    on m.session_name = key.session_name and m.created_at = key.created_at::timestamptz
    and m.id between key.least_id::uuid and key.most_id::uuid
    and right(m.id::text, 10) = right(key.least_id, 10)
  where m.created_at between $5 and $6`;
