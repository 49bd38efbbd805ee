import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One receipt a clean-up run: what it was to delete, what it did, what had to wait. */
export class CreateRetentionRuns1763800000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table retention_runs (
        id                 uuid           not null constraint retention_runs_pkey primary key,
        cutoff             timestamptz(3) not null,
        started_at         timestamptz(3) not null,
        finished_at        timestamptz(3),
        dry_run            boolean        not null,
        partitions_dropped text[]         not null default '{}',
        messages_deleted   bigint         not null default 0,
        sessions_deleted   bigint         not null default 0,
        postponed          text[]         not null default '{}',
        error              text
      )`);
    await runner.query(`create index retention_runs_started_at_idx on retention_runs (started_at, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table retention_runs`);
  }
}
