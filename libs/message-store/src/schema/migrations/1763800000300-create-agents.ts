import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The accounts of the people who answer customers. A username is one account whatever its case. */
export class CreateAgents1763800000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table agents (
        id            uuid           not null constraint agents_pkey primary key,
        username      text           not null,
        name          text           not null,
        role          text           not null check (role in ('agent', 'supervisor', 'admin')),
        password_hash text           not null,
        created_at    timestamptz(3) not null default now(),
        disabled_at   timestamptz(3)
      )`);
    await runner.query(`create unique index agents_username_key on agents (lower(username))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table agents`);
  }
}
