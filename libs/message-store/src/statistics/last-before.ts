import type { Queryable } from '../database.js';
import type { Stretch } from './stretch-count.js';

/** A session with a message in a stretch, that may have had others before it. */
export interface ReturningSession {
  readonly name: string;
  /** When its first message was. */
  readonly firstAt: Date;
  /** An agent said something in the stretch. */
  readonly hasAgent: boolean;
  /** The first of its turns and answers in the stretch is an answer. */
  readonly beginsAnswered: boolean;
}

/** When sessions had their last ones before a stretch, of those that had any. */
export interface LastBefore {
  readonly messages: Date[];
  /** Where an agent said something in the stretch, too. */
  readonly agentMessages: Date[];
  /** Questions that the first answer of the stretch answers. */
  readonly openTurns: Date[];
}

const dayMs = 86_400_000;

/** Most were there minutes ago; and each day more costs planning and half a dozen locks. */
const firstSpanMs = dayMs;
const spanMs = 10 * dayMs;

/**
 * Looks back from the end of `times` for what sessions had before, some days after the other, as far as each of them
 * has messages.
 */
export async function lastBefore(
  database: Queryable,
  sessions: readonly ReturningSession[],
  times: Stretch,
  signal?: AbortSignal,
): Promise<LastBefore> {
  const found: LastBefore = { messages: [], agentMessages: [], openTurns: [] };
  let to = times.to.getTime();
  let asked = sessions.map((session) => new Asked(session));
  for (let span = firstSpanMs; ; span = spanMs) {
    asked = asked.filter((one) => one.isOpen(to));
    const firstAt = asked.reduce((least, one) => Math.min(least, one.firstAt), Infinity);
    const earliest = Math.max(times.from.getTime(), firstAt);
    if (asked.length === 0 || earliest >= to) return found;
    const from = Math.max(earliest, to - span);
    const rows = await database.query<FoundRow>(findLast, parametersOf(asked, from, to), signal);
    for (const row of rows) asked[row.place - 1]?.take(row, found);
    to = from;
  }
}

/** What is still to be found of a session. */
class Asked {
  readonly name: string;
  readonly firstAt: number;
  wantsMessage = true;
  wantsAgent: boolean;
  wantsEvent: boolean;

  constructor({ name, firstAt, hasAgent, beginsAnswered }: ReturningSession) {
    this.name = name;
    this.firstAt = firstAt.getTime();
    this.wantsAgent = hasAgent;
    this.wantsEvent = beginsAnswered;
  }

  isOpen(to: number): boolean {
    return this.firstAt < to && (this.wantsMessage || this.wantsAgent || this.wantsEvent);
  }

  take({ message_at, agent_at, event_at, event_role }: FoundRow, found: LastBefore): void {
    if (message_at) found.messages.push(message_at);
    if (agent_at) found.agentMessages.push(agent_at);
    if (event_at && event_role === 'user') found.openTurns.push(event_at);
    this.wantsMessage &&= !message_at;
    this.wantsAgent &&= !agent_at;
    this.wantsEvent &&= !event_at;
  }
}

function parametersOf(asked: readonly Asked[], from: number, to: number): unknown[] {
  return [
    asked.map(({ name }) => name),
    asked.map(({ wantsMessage }) => wantsMessage),
    asked.map(({ wantsAgent }) => wantsAgent),
    asked.map(({ wantsEvent }) => wantsEvent),
    new Date(from).toISOString(),
    new Date(to).toISOString(),
  ];
}

interface FoundRow {
  readonly place: number;
  readonly message_at: Date | null;
  readonly agent_at: Date | null;
  readonly event_at: Date | null;
  readonly event_role: string | null;
}

const lastOf = (condition: string) => `
  left join lateral (
    select m.created_at, m.role
    from chat_messages m
    where m.session_name = asked.name and m.created_at >= $5 and m.created_at < $6 and ${condition}
    order by m.created_at desc, m.id desc
    limit 1)`;

const findLast = `
  select asked.place::int, message.created_at as message_at, agent.created_at as agent_at,
         event.created_at as event_at, event.role as event_role
  from unnest($1::text[], $2::boolean[], $3::boolean[], $4::boolean[])
    with ordinality as asked (name, wants_message, wants_agent, wants_event, place)
  ${lastOf('asked.wants_message')} message on true
  ${lastOf(`asked.wants_agent and m.role = 'agent'`)} agent on true
  ${lastOf(`asked.wants_event and (m.role = 'user' or m.status = 'complete')`)} event on true
  where coalesce(message.created_at, agent.created_at, event.created_at) is not null`;
