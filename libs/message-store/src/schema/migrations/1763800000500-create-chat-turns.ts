import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What turns need of each other across processes: one row a session with its lease and what its bot asked to be kept,
 * and one row a key of a request. No text of anybody is in either.
 */
export class CreateChatTurns1763800000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Updated several times a turn: pages with room, and no index on what changes, keep the new version near (HOT).
    await runner.query(`
      create table chat_turns (
        session_name     text           not null constraint chat_turns_pkey primary key,
        lease_owner      uuid,
        lease_until      timestamptz(3),
        bot_conversation text           check (length(bot_conversation) <= 1000),
        last_reply_at    timestamptz(3),
        updated_at       timestamptz(3) not null
      ) with (fillfactor = 60)`);

    await runner.query(`
      create table chat_idempotency_keys (
        session_name   text           not null,
        key_hash       bytea          not null,
        request_hash   bytea          not null,
        question_id    uuid           not null,
        reply_id       uuid,
        begins_session boolean        not null,
        created_at     timestamptz(3) not null,
        constraint chat_idempotency_keys_pkey primary key (session_name, key_hash)
      ) with (fillfactor = 80)`);
    await runner.query(`
      create index chat_idempotency_keys_created_at_idx on chat_idempotency_keys (created_at)`);

    await runner.query(messageTime);
    await runner.query(createBeginTurn('greatest(session.first_message_at, cutoff)'));
    await runner.query(endTurn);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function end_chat_turn`);
    await runner.query(`drop function begin_chat_turn`);
    await runner.query(`drop function chat_message_time`);
    await runner.query(`drop table chat_idempotency_keys`);
    await runner.query(`drop table chat_turns`);
  }
}

/** The millisecond inside a UUID version 7. PostgreSQL has a function for it from 17 on only. */
const messageTime = `
  create function chat_message_time(id uuid) returns timestamptz(3) language sql immutable as $$
    select timestamptz 'epoch'
      + interval '1 millisecond' * ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint
  $$`;

/**
 * Everything in one round trip. Whoever begins a turn locks the session's row first, so that two of one session follow
 * each other, and each sees what the one before it left. Times of leases and keys are the database's: no replica's.
 *
 * Without a key nothing is lost that matters when PostgreSQL crashes right after it (a lease of seconds), so its disk
 * is not waited for.
 */
export const createBeginTurn = (contextFrom: string) => `
  create function begin_chat_turn(
    asked_session text, asked_turn uuid, may_continue boolean, is_fresh boolean, asked_key bytea, asked_request bytea,
    new_question uuid, new_question_at timestamptz,
    context_messages integer, context_characters integer, cutoff timestamptz
  ) returns jsonb language plpgsql as $$
  declare
    turn            chat_turns;
    session         chat_sessions;
    known           chat_idempotency_keys;
    begins          boolean;
    last_message_at timestamptz;
    context_from    timestamptz;
    reply           jsonb;
    said            record;
    characters      bigint := 0;
    context         jsonb := '[]';
  begin
    if asked_key is null then
      perform set_config('synchronous_commit', 'off', true);
    end if;

    select * into turn from chat_turns where session_name = asked_session for update;
    select * into session from chat_sessions where session_name = asked_session;
    select * into known from chat_idempotency_keys
      where session_name = asked_session and key_hash = asked_key
        and created_at > clock_timestamp() - interval '24 hours';

    begins := coalesce(known.begins_session,
                       is_fresh or (turn.session_name is null and session.session_name is null));
    if not (may_continue or begins) then
      return jsonb_build_object('outcome', 'not-yours');
    end if;

    if known.question_id is not null then
      if known.request_hash <> asked_request then
        return jsonb_build_object('outcome', 'key-reused');
      end if;
      if known.reply_id is null then
        -- Its process may have died after the reply was stored and before that was said here.
        select case message.role when 'assistant' then message.id end into known.reply_id
          from chat_messages message
          where message.session_name = asked_session and message.role <> 'agent'
            and message.created_at >= chat_message_time(known.question_id)
            and message.created_at <= session.last_message_at
            and (message.created_at, message.id) > (chat_message_time(known.question_id), known.question_id)
          order by message.created_at, message.id
          limit 1;
      end if;
      if known.reply_id is not null then
        select jsonb_build_object(
                 'session_name', session_name, 'created_at', created_at, 'id', id, 'role', role, 'content', content,
                 'response_time_ms', response_time_ms, 'agent_id', agent_id, 'agent_name', agent_name,
                 'status', status, 'metadata', metadata)
          into reply
          from chat_messages
          where session_name = asked_session and created_at = chat_message_time(known.reply_id)
            and id = known.reply_id;
        return jsonb_build_object('outcome', 'repeated', 'question_id', known.question_id,
                                  'reply_id', known.reply_id, 'began_session', begins, 'reply', reply);
      end if;
    end if;

    if turn.lease_owner <> asked_turn and turn.lease_until > clock_timestamp() then
      return jsonb_build_object('outcome', 'busy');
    end if;

    -- Clocks of replicas differ by milliseconds; one that is seconds ahead is wrong, and followed by nobody.
    last_message_at := greatest(turn.last_reply_at, session.last_message_at);
    if known.question_id is null and last_message_at >= new_question_at
       and last_message_at < new_question_at + interval '5 seconds' then
      return jsonb_build_object('outcome', 'too-early', 'last_message_at', last_message_at);
    end if;

    if turn.session_name is null then
      insert into chat_turns (session_name, lease_owner, lease_until, updated_at)
        values (asked_session, asked_turn, clock_timestamp() + interval '15 seconds', clock_timestamp())
        on conflict (session_name) do nothing;
      if not found then -- another began the session at the same moment
        return jsonb_build_object('outcome', 'busy');
      end if;
    else
      update chat_turns
        set lease_owner = asked_turn, lease_until = clock_timestamp() + interval '15 seconds',
            updated_at = clock_timestamp()
        where session_name = asked_session;
    end if;

    if asked_key is not null and known.question_id is null then
      insert into chat_idempotency_keys (session_name, key_hash, request_hash, question_id, begins_session, created_at)
        values (asked_session, asked_key, asked_request, new_question, begins, clock_timestamp())
        on conflict (session_name, key_hash) do update -- an expired one
          set request_hash = excluded.request_hash, question_id = excluded.question_id, reply_id = null,
              begins_session = excluded.begins_session, created_at = excluded.created_at;
    end if;

    -- Newest first, and no further than there is room for: one text may be a megabyte.
    if context_messages > 0 and session.session_name is not null then
      -- Only what is a constant to the planner leaves other days' partitions unopened.
      context_from := ${contextFrom};
      for said in
        select role, content
        from chat_messages
        where session_name = asked_session
          and created_at >= context_from and created_at <= session.last_message_at
          and id <> coalesce(known.question_id, new_question) and status <> 'failed' and content <> ''
        order by created_at desc, id desc
        limit context_messages
      loop
        characters := characters + length(said.content);
        exit when characters > context_characters;
        context := jsonb_build_object('role', said.role, 'content', said.content) || context;
      end loop;
    end if;

    return jsonb_build_object('outcome', 'begun', 'question_id', coalesce(known.question_id, new_question),
                              'begins_session', begins, 'conversation', turn.bot_conversation, 'context', context);
  end $$`;

/**
 * The lease goes back if the turn still has it; the rest is kept also of a turn that began without an answer, or whose
 * lease was taken over. Without an owner \`lease_until\` means nothing.
 */
const endTurn = `
  create function end_chat_turn(
    asked_session text, asked_turn uuid, new_reply uuid, new_conversation text, asked_key bytea
  ) returns void language plpgsql as $$
  begin
    if asked_key is null then
      perform set_config('synchronous_commit', 'off', true);
    end if;
    insert into chat_turns as kept (session_name, bot_conversation, last_reply_at, updated_at)
      values (asked_session, new_conversation, chat_message_time(new_reply), clock_timestamp())
      on conflict (session_name) do update
        set lease_owner = nullif(kept.lease_owner, asked_turn),
            bot_conversation = case
              when excluded.last_reply_at < kept.last_reply_at then kept.bot_conversation -- told late
              else coalesce(excluded.bot_conversation, kept.bot_conversation)
            end,
            last_reply_at = greatest(kept.last_reply_at, excluded.last_reply_at),
            updated_at = excluded.updated_at;
    update chat_idempotency_keys set reply_id = new_reply
      where session_name = asked_session and key_hash = asked_key and reply_id is null;
  end $$`;
