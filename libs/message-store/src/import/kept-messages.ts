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

/**
 * Each by a range of the primary key, in the partitions of the batch's days alone. The look-up is lateral with a limit,
 * which cannot become a join: that may read those days in full. A time that is bounded twice, and not equal, keeps it
 * from the index by time: many messages of other sessions may have that time.
 */
const findKept = `
  with key as (
    select place, session_name, created_at::timestamptz, least_id::uuid, most_id::uuid, right(least_id, 10) as ending
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
      as key (session_name, created_at, least_id, most_id, place)
  )
  select (key.place - 1)::integer as place,
         encode(sha256(convert_to(kept.role || ' ' || kept.content, 'UTF8')), 'hex') as digest
  from key
  cross join lateral (
    select m.role, m.content
    from chat_messages m
    where m.session_name = key.session_name
      and m.created_at between key.created_at and key.created_at
      and (m.created_at, m.id) >= (key.created_at, key.least_id)
      and (m.created_at, m.id) <= (key.created_at, key.most_id)
      and right(m.id::text, 10) = key.ending
      and m.created_at between $5 and $6
    limit 1) kept`;
