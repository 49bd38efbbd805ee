import type { MessageStatus } from '@chat-history/message-store';
import { storable } from './storable.mts';

/** A turn that must be in the history when everything is up again. */
export interface ExpectedTurn {
  readonly sessionName: string;
  /** As it was sent; unique in its session. */
  readonly question: string;
  /** As far as the client was told. */
  readonly questionId?: string | undefined;
  readonly reply: string;
  readonly replyId?: string | undefined;
  readonly replyStatus: MessageStatus;
  /** Nothing else may have been stored of it: no second question, no second reply. */
  readonly isSingle: boolean;
  /** The client sent it more than once, with the same Idempotency-Key. */
  readonly wasRepeated?: boolean;
  /** Its copy was destroyed on purpose: it may be missing, but not be wrong. */
  readonly mayBeMissing?: boolean;
}

/** A turn whose answer the client did not get. */
export interface UnansweredTurn {
  readonly replica: string;
  readonly question: string;
  /** As far as the client knew it. */
  readonly sessionName: string | undefined;
  /** As of `Date.now`. */
  readonly askedAt: number;
  readonly endedAt: number;
  /** The client had heard that the turn began. */
  readonly wasBegun: boolean;
  /** `lost` when the connection broke, an HTTP status otherwise. */
  readonly how: 'lost' | number;
}

/** What clients were told in one scenario, and what of it was wrong on the spot. */
export class Ledger {
  readonly expected: ExpectedTurn[] = [];
  readonly unanswered: UnansweredTurn[] = [];
  /** Broken promises, each as one line. */
  readonly broken: string[] = [];
  /** Ids of replies that a repeat with the same key got another one for. */
  readonly answeredTwice: string[] = [];
  /** Figures worth a line that break no promise. */
  readonly notes: string[] = [];
  /** Of the turns that were answered the first time. */
  slowestAnswerMs = 0;
  /** Resolves when the turns have ended that a scenario left under way. */
  turnsUnderWay: Promise<void> = Promise.resolve();

  expect(turn: ExpectedTurn): void {
    this.expected.push({ ...turn, question: storable(turn.question), reply: storable(turn.reply) });
  }

  /** The client got no answer. It promises nothing, but a scenario may say that it should not have happened. */
  missed(turn: UnansweredTurn): void {
    this.unanswered.push(turn);
  }

  isBroken(promise: string): void {
    this.broken.push(promise);
  }

  note(line: string): void {
    this.notes.push(line);
  }

  /** How many unanswered turns there were, by how. */
  unansweredCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { how } of this.unanswered) counts.set(String(how), (counts.get(String(how)) ?? 0) + 1);
    return counts;
  }
}
