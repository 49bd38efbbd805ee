import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What human agents said, along the time: where they say little, or have not for days, every message would be looked at
 * for theirs (1 s for a million). Users' and bots' messages cost nothing here.
 */
export class IndexMessagesOfAgents1763800000900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index chat_messages_agents_idx on chat_messages (created_at, id) where role = 'agent'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index chat_messages_agents_idx`);
  }
}
