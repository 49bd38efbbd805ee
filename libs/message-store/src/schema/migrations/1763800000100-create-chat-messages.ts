import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages in one partition a UTC day, so that expiry is a drop and each day's indexes stay small; and one row a
 * session, so that the session list is never a GROUP BY over messages.
 */
export class CreateChatMessages1763800000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The key is transcript order, idempotency and shard key in one index.
    await runner.query(`
      create table chat_messages (
        session_name     text           not null,
        created_at       timestamptz(3) not null,
        id               uuid           not null,
        role             text           not null check (role in ('user', 'assistant', 'agent')),
        content          text           not null,
        content_tsv      tsvector,
        response_time_ms integer        check (response_time_ms >= 0),
        agent_id         text,
        agent_name       text,
        status           text           not null check (status in ('complete', 'interrupted', 'failed')),
        metadata         jsonb,
        constraint chat_messages_pkey primary key (session_name, created_at, id)
      ) partition by range (created_at)`);

    await runner.query(`create index chat_messages_created_at_id_idx on chat_messages (created_at, id)`);

    // fillfactor: a session's row is updated with every message, and a page with room keeps the new version near.
    await runner.query(`
      create table chat_sessions (
        session_name         text           not null constraint chat_sessions_pkey primary key,
        started_at           timestamptz(3) not null,
        first_message_at     timestamptz(3) not null,
        last_message_at      timestamptz(3) not null,
        last_message_id      uuid           not null,
        last_role            text           not null,
        last_message_preview text           not null,
        message_count        bigint         not null,
        user_count           bigint         not null,
        assistant_count      bigint         not null,
        agent_count          bigint         not null
      ) with (fillfactor = 80)`);
    await runner.query(`
      create index chat_sessions_last_message_at_idx on chat_sessions (last_message_at, session_name)`);
    await runner.query(`create index chat_sessions_first_message_at_idx on chat_sessions (first_message_at)`);

    await runner.query(createMakePartition());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function make_chat_messages_partition(date)`);
    await runner.query(`drop table chat_sessions`);
    await runner.query(`drop table chat_messages`);
  }
}

/**
 * "create table … partition of" would lock the parent against readers and writers and queue everyone behind the
 * longest reader. A table made by itself and then attached takes only SHARE UPDATE EXCLUSIVE on the parent
 * (PostgreSQL manual, ALTER TABLE … ATTACH PARTITION). Two processes may ask at once: the second waits for the first.
 */
export const createMakePartition = (beforeAttaching = '') => `
  create function make_chat_messages_partition(day date) returns void language plpgsql as $$
  declare
    partition_name text := 'chat_messages_p' || to_char(day, 'YYYYMMDD');
  begin
    perform set_config('lock_timeout', '2s', true);
    perform pg_advisory_xact_lock(hashtext('make_chat_messages_partition'));
    if exists (select from pg_inherits where inhrelid = to_regclass(partition_name)) then
      return;
    end if;
    execute format('create table if not exists %I (like chat_messages including defaults including constraints)',
                   partition_name);
    ${beforeAttaching}
    execute format('alter table chat_messages attach partition %I for values from (%L) to (%L)',
                   partition_name,
                   to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00',
                   to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
  end $$`;
