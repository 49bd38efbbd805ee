import type { ExpectedTurn } from './ledger.mts';
import type { StoredMessage, StoredSession } from './stored-messages.mts';

/** `twice-asked`: a question under two ids; `twice`: a message of the same id, or a second reply to one question. */
export type Fault = 'missing' | 'twice' | 'twice-asked' | 'text' | 'status' | 'order' | 'count';

export interface Finding {
  readonly fault: Fault;
  /** One line, with ids and a short beginning of texts. */
  readonly detail: string;
  /** Of which turn, unless it is the session's. */
  readonly turn?: ExpectedTurn;
}

export interface Comparison {
  readonly findings: readonly Finding[];
  /** Messages found as they should be. */
  readonly intactMessages: number;
  /** Turns that were allowed to be missing, and are. */
  readonly missingTurns: number;
}

const emptySession: StoredSession = { messages: [], countedMessages: null };

/**
 * Compares what clients were told, in the order in which they were told it, with what the database has: every message
 * present, once, with its text and status; a question right before its reply, turns in their order; sessions counted
 * right.
 */
export function compare(
  expected: readonly ExpectedTurn[],
  stored: ReadonlyMap<string, StoredSession>,
): Comparison {
  const findings: Finding[] = [];
  let intactMessages = 0;
  let missingTurns = 0;
  for (const [name, turns] of Map.groupBy(expected, ({ sessionName }) => sessionName)) {
    const session = stored.get(name) ?? emptySession;
    const report = (fault: Fault, detail: string, turn?: ExpectedTurn) =>
      findings.push({ fault, detail: `${JSON.stringify(name)}: ${detail}`, ...(turn && { turn }) });
    const { messages, countedMessages } = session;
    if ((countedMessages ?? 0) !== messages.length) {
      report('count', `${messages.length} messages, but the session list says ${countedMessages}`);
    }
    for (const id of repeatedIds(messages)) report('twice', `the message ${id}`);
    let last = -1;
    for (const turn of turns) {
      const question = positionOf(messages, 'user', turn.question, turn.questionId);
      const reply = replyPosition(messages, turn, question);
      if (question < 0 || reply < 0) {
        if (turn.mayBeMissing) missingTurns++;
        else report('missing', `${question < 0 ? 'the question' : 'the reply'} of ${shown(turn)}`, turn);
        continue;
      }
      const faults = faultsOf(messages, turn, question, reply, last);
      for (const [fault, detail] of faults) report(fault, `${detail} of ${shown(turn)}`, turn);
      if (faults.length === 0) intactMessages += 2;
      last = Math.max(last, reply);
    }
  }
  return { findings, intactMessages, missingTurns };
}

function faultsOf(
  messages: readonly StoredMessage[],
  turn: ExpectedTurn,
  question: number,
  reply: number,
  last: number,
): [Fault, string][] {
  const faults: [Fault, string][] = [];
  const asked = messages[question]!;
  const answered = messages[reply]!;
  if (asked.content !== turn.question) faults.push(['text', 'the question']);
  if (asked.role !== 'user' || asked.status !== 'complete') faults.push(['status', 'the question']);
  if (answered.content !== turn.reply) faults.push(['text', 'the reply']);
  if (answered.role !== 'assistant' || answered.status !== turn.replyStatus) {
    faults.push(['status', `the reply (${answered.role}, ${answered.status})`]);
  }
  if (question <= last) faults.push(['order', 'the question, before an earlier reply,']);
  const copies = messages.filter(({ role, content }) => role === 'user' && content === turn.question).length;
  if (copies > 1 && turn.isSingle) faults.push(['twice-asked', `the question (${copies} times)`]);
  // What stands between question and reply is another turn's, or of a copy of this one.
  const between = messages.slice(question + 1, reply);
  const others = copies > 1 ? between.filter((message) => isOfAnother(turn, message)) : between;
  if (reply < question) faults.push(['order', 'the reply, before its question,']);
  if (others.length > 0) faults.push(['order', `the reply, with ${others.length} messages before it,`]);
  const replies = repliesAfter(messages, question);
  if (replies > 1 && copies === 1 && turn.isSingle) faults.push(['twice', `the reply (${replies} of them)`]);
  return faults;
}

function isOfAnother({ question, reply }: ExpectedTurn, { role, content }: StoredMessage): boolean {
  return role === 'user' ? content !== question : !reply.startsWith(content);
}

/** By its id; by its text when the client was never told an id. */
function positionOf(
  messages: readonly StoredMessage[],
  role: string,
  text: string,
  id: string | undefined,
): number {
  return id === undefined
    ? messages.findIndex((message) => message.role === role && message.content === text)
    : messages.findIndex((message) => message.id === id);
}

function replyPosition(messages: readonly StoredMessage[], turn: ExpectedTurn, question: number): number {
  if (turn.replyId !== undefined) return positionOf(messages, 'assistant', turn.reply, turn.replyId);
  const next = question + 1;
  return question >= 0 && messages[next]?.role === 'assistant' ? next : -1;
}

function repliesAfter(messages: readonly StoredMessage[], question: number): number {
  const after = messages.slice(question + 1);
  const end = after.findIndex(({ role }) => role === 'user');
  return (end < 0 ? after : after.slice(0, end)).filter(({ role }) => role === 'assistant').length;
}

function repeatedIds(messages: readonly StoredMessage[]): string[] {
  const ids = messages.map(({ id }) => id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}

function shown({ question, questionId, replyId }: ExpectedTurn): string {
  return `${JSON.stringify(question.slice(0, 60))} (${questionId ?? 'no id'} → ${replyId ?? 'no id'})`;
}
