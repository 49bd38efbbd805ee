import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createBeginTurn } from './1763800000500-create-chat-turns.js';

/**
 * A turn's context is of the session's last fourteen days: each day costs locks and planning, and a session that had
 * lasted a month took 214 of the locks that PostgreSQL keeps 64 of for a connection.
 */
export class BoundContextInDays1763800000800 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replaceBeginTurn(
      runner,
      `greatest(session.first_message_at, cutoff, session.last_message_at - interval '14 days')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceBeginTurn(runner, 'greatest(session.first_message_at, cutoff)');
  }
}

async function replaceBeginTurn(runner: QueryRunner, contextFrom: string): Promise<void> {
  await runner.query(`drop function begin_chat_turn`);
  await runner.query(createBeginTurn(contextFrom));
}
