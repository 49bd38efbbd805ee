import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Of one agent, or cut short: messages too rare to be looked for among all others, of which there are ten million. Both
 * indexes leave out what most messages are, so that those cost nothing to write (4.5 MB for a million messages).
 */
export class IndexRareMessages1763800000700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index chat_messages_agent_id_idx on chat_messages (agent_id, created_at, id)
        where agent_id is not null`);
    await runner.query(`
      create index chat_messages_status_idx on chat_messages (status, created_at, id)
        where status <> 'complete'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index chat_messages_status_idx`);
    await runner.query(`drop index chat_messages_agent_id_idx`);
  }
}
