import { createHash } from 'node:crypto';
import type { Queryable } from '../database.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { newMessageId, timeOfMessageId } from '../write/message-id.js';
import { storableText } from '../write/storable.js';
import type { BoundedAsking } from './bounded-asking.js';
import { agentScope, chatScope, keyHash } from './key-hash.js';
import { LateEndings } from './late-endings.js';
import { beginningOf, type SaidBeginning } from './said-beginning.js';
import type {
  AgentMessageClaim,
  AgentMessageClaimed,
  TurnBeginning,
  TurnEnding,
  TurnLedgerState,
  TurnRequest,
} from './turn.js';

/**
 * Keeps what a session's turns need of each other, across processes: whose turn it is (a lease of 15 s, renewed while
 * the bot talks), what the bot asked to be kept, and which requests were answered under which key.
 *
 * A chat never waits for its history: what a turn asks is bounded at 150 ms, and no turn asks while the database is
 * known to be away.
 */
export class TurnLedger {
  readonly #asking: BoundedAsking;
  readonly #database: Queryable;
  readonly #clock: RetentionClock;
  readonly #late = new LateEndings();
  #unansweredTotal = 0;

  /**
   * @param asking what turns ask goes through here.
   * @param database for claims, which have to be answered and may wait.
   */
  constructor(asking: BoundedAsking, database: Queryable, clock: RetentionClock) {
    this.#asking = asking;
    this.#database = database;
    this.#clock = clock;
  }

  /** To be awaited before the first turn, which would be `unknown` if it had to wait too long for a connection. */
  async prepare(): Promise<void> {
    await this.#asking.prepare();
  }

  /** Asks everything a turn has to know, at once, and takes the session's lease. Resolves within 150 ms, always. */
  async begin(request: TurnRequest): Promise<TurnBeginning> {
    let questionId = newMessageId();
    const beginning = await this.#asking.ask(async (database) => {
      await this.#late.tellOf(request.sessionName, (ending) => recordEnding(database, ending));
      const said = await this.#ask(database, request, questionId);
      if (said.outcome !== 'too-early') return beginningOf(said);
      // The session's last message is from a clock ahead of ours: the question has to come after it.
      questionId = newMessageId(new Date(said.last_message_at));
      return beginningOf(await this.#ask(database, request, questionId));
    });
    if (beginning === undefined) {
      this.#unansweredTotal++;
      // The database may have kept this id with the key, though its answer never came.
      return { outcome: 'unknown', questionId };
    }
    void this.#late.tellAll((ending) => this.#record(ending));
    return beginning;
  }

  /**
   * To be called every 5 s while a turn lasts.
   * @returns false when the lease is another's by now, or the database did not answer.
   */
  async renew(sessionName: string, turnId: string): Promise<boolean> {
    const rows = await this.#asking.ask((database) =>
      database.query(renewLease, [storableText(sessionName), turnId]),
    );
    return rows !== undefined && rows.length > 0;
  }

  /**
   * Gives the lease back and keeps what the session's next turn, or a repeat of this request, has to know.
   * @returns false when the database did not answer within 150 ms; then it is told when it does again.
   */
  async end(ending: TurnEnding): Promise<boolean> {
    const isRecorded = await this.#record(ending);
    if (!isRecorded) this.#late.add(ending);
    return isRecorded;
  }

  /** Gives an agent's message its id, the same for every repeat within 24 hours. @throws as `Queryable.query` */
  async claimAgentMessage(claim: AgentMessageClaim): Promise<AgentMessageClaimed> {
    const messageId = newMessageId();
    const contentHash = createHash('sha256').update(claim.content).digest();
    const [row] = await this.#database.query<ClaimRow>(claimKey, [
      storableText(claim.sessionName),
      keyHash(agentScope(claim.agentId), claim.key),
      contentHash,
      messageId,
    ]);
    if (!row) throw new Error('a claim returned no row');
    if (row.question_id === messageId) return { outcome: 'claimed', messageId };
    if (!row.request_hash.equals(contentHash)) return { outcome: 'key-reused' };
    return { outcome: 'repeated', messageId: row.question_id };
  }

  state(): TurnLedgerState {
    return { isAnswering: this.#asking.isAnswering, unansweredTotal: this.#unansweredTotal };
  }

  async #record(ending: TurnEnding): Promise<boolean> {
    const rows = await this.#asking.ask((database) => recordEnding(database, ending));
    return rows !== undefined;
  }

  async #ask(database: Queryable, request: TurnRequest, questionId: string): Promise<SaidBeginning> {
    const { idempotency } = request;
    const [row] = await database.query<{ said: SaidBeginning }>(beginTurn, [
      storableText(request.sessionName),
      request.turnId,
      request.mayContinue,
      request.isFreshName,
      idempotency ? keyHash(chatScope, idempotency.key) : null,
      idempotency?.requestHash ?? null,
      questionId,
      timeOfMessageId(questionId).toISOString(),
      request.contextMessages,
      request.contextCharacters,
      this.#clock.cutoff().toISOString(),
    ]);
    if (!row) throw new Error('a beginning returned no row');
    return row.said;
  }
}

interface ClaimRow {
  readonly question_id: string;
  readonly request_hash: Buffer;
}

const beginTurn = {
  name: 'begin-turn',
  text: `select begin_chat_turn($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as said`,
};
const endTurn = { name: 'end-turn', text: `select end_chat_turn($1, $2, $3, $4, $5)` };

async function recordEnding(
  database: Queryable,
  { sessionName, turnId, replyId, conversation, idempotency }: TurnEnding,
): Promise<object[]> {
  return database.query(endTurn, [
    storableText(sessionName),
    turnId,
    replyId,
    keptConversation(conversation),
    idempotency ? keyHash(chatScope, idempotency.key) : null,
  ]);
}

/** As long as a note may be; what is longer is not kept, and the bot begins anew. */
const maxConversationCharacters = 1_000;

function keptConversation(conversation: string | undefined): string | null {
  if (conversation === undefined || conversation.length > maxConversationCharacters) return null;
  return storableText(conversation);
}

/** Asked for a session that nobody has, it shows whether turns can be begun: whether the tables are there, writable. */
export const renewLease = `
  update chat_turns
  set lease_until = clock_timestamp() + interval '15 seconds', updated_at = clock_timestamp()
  where session_name = $1 and lease_owner = $2
  returning 1`;

/** Two at once: the second waits for the first and is given its row. An expired row is as good as none. */
const claimKey = `
  insert into chat_idempotency_keys as kept (session_name, key_hash, request_hash, question_id, begins_session,
                                             created_at)
  values ($1, $2, $3, $4, false, clock_timestamp())
  on conflict (session_name, key_hash) do update
  set (request_hash, question_id, created_at) = (
    select kept.request_hash, kept.question_id, kept.created_at
    where kept.created_at > now() - interval '24 hours'
    union all
    select excluded.request_hash, excluded.question_id, excluded.created_at
    where kept.created_at <= now() - interval '24 hours')
  returning question_id, request_hash`;
