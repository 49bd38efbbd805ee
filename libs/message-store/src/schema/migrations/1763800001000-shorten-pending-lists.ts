import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createMakePartition } from './1763800000100-create-chat-messages.js';

/**
 * The least that PostgreSQL allows, in kB: tidying 256 took a commit 10 ms once in some 250 messages, which was the 99th
 * percentile of a chat's wait (1.054 times that without a store; 1.037 with 64).
 */
const pendingListKb = 64;
const earlierKb = 256;

/**
 * Of the index of a day's words, which a partitioned index cannot be told for those to come: so each is made before its
 * day is attached, and taken over then.
 */
const createWordIndex = `
    execute format('create index if not exists %I on %I using gin (content_tsv) '
                   'with (fastupdate = on, gin_pending_list_limit = ${pendingListKb})',
                   partition_name || '_content_tsv_idx', partition_name);`;

export class ShortenPendingLists1763800001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function make_chat_messages_partition(date)`);
    await runner.query(createMakePartition(createWordIndex));
    await setPendingLists(runner, pendingListKb);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function make_chat_messages_partition(date)`);
    await runner.query(createMakePartition());
    await setPendingLists(runner, earlierKb);
  }
}

async function setPendingLists(runner: QueryRunner, kb: number): Promise<void> {
  await runner.query(`
    do $$
    declare
      day regclass;
    begin
      for day in select inhrelid from pg_inherits where inhparent = 'chat_messages_content_tsv_idx'::regclass loop
        execute format('alter index %s set (gin_pending_list_limit = ${kb})', day);
      end loop;
    end $$`);
}
