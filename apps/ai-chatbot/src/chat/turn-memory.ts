import type { Message } from '@chat-history/message-store';
import { IdempotencyKeyReusedError } from './chat.errors.js';
import type { BegunTurn } from './turn.js';

/** A turn whose reply, whole or not, was given to the store. */
export interface EndedTurn {
  readonly sessionName: string;
  readonly beginsSession: boolean;
  readonly questionId: string;
  readonly reply: Message;
  /** Why the reply is not whole, when it was this process that asked the bot. */
  readonly fault?: unknown;
}

export interface TurnMemoryBounds {
  readonly maxTurns: number;
  /** Of all replies together, in UTF-16 code units. */
  readonly maxCharacters: number;
  readonly maxAgeMs: number;
}

/** A day, as the database remembers them; some minutes of a busy chatbot, in some 64 MiB of memory. */
const defaultBounds: TurnMemoryBounds = {
  maxTurns: 10_000,
  maxCharacters: 16 * 1_048_576,
  maxAgeMs: 24 * 3_600_000,
};

interface RememberedTurn {
  readonly requestHash: Buffer;
  /** Resolves when its question is remembered; never when it comes to nothing. */
  readonly begun: Promise<BegunTurn>;
  readonly turn: Promise<EndedTurn>;
  /** Undefined while it runs. */
  ended?: { readonly at: number; readonly characters: number };
}

/**
 * The turns that came with an idempotency key to this process: a repeat joins the one that runs, and is given the result
 * of one that ended, whether or not the database answers. At its bounds the oldest are forgotten.
 */
export class TurnMemory {
  private readonly turns = new Map<string, RememberedTurn>();
  private characters = 0;

  constructor(private readonly bounds: TurnMemoryBounds = defaultBounds) {}

  /**
   * Runs a turn once a key. One that fails before anything of it is kept is forgotten, and may be tried again.
   * @param run is given whom to tell when the turn has begun.
   * @param joined is told the same of a turn that another runs.
   * @throws IdempotencyKeyReusedError when the key came with another request; whatever `run` rejects with.
   */
  once(
    key: string,
    requestHash: Buffer,
    run: (begun: (turn: BegunTurn) => void) => Promise<EndedTurn>,
    joined: (turn: BegunTurn) => void = () => undefined,
  ): Promise<EndedTurn> {
    const known = this.find(key);
    if (known) {
      if (!known.requestHash.equals(requestHash))
        throw new IdempotencyKeyReusedError('the key came with another request before');
      void known.begun.then(joined);
      return known.turn;
    }
    const { promise: begun, resolve } = Promise.withResolvers<BegunTurn>();
    const turn = run(resolve);
    const remembered: RememberedTurn = { requestHash, begun, turn };
    this.turns.set(key, remembered);
    turn.then(
      ({ reply }) => this.keep(remembered, reply.content.length),
      () => this.turns.delete(key),
    );
    return turn;
  }

  private find(key: string): RememberedTurn | undefined {
    const known = this.turns.get(key);
    if (!known?.ended || Date.now() - known.ended.at < this.bounds.maxAgeMs) return known;
    this.forget(key, known);
    return undefined;
  }

  private keep(turn: RememberedTurn, characters: number): void {
    turn.ended = { at: Date.now(), characters };
    this.characters += characters;
    for (const [key, oldest] of this.turns) {
      if (this.turns.size <= this.bounds.maxTurns && this.characters <= this.bounds.maxCharacters) return;
      if (oldest.ended) this.forget(key, oldest);
    }
  }

  private forget(key: string, { ended }: RememberedTurn): void {
    this.turns.delete(key);
    this.characters -= ended?.characters ?? 0;
  }
}
