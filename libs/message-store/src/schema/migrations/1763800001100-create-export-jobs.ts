import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One row an export that somebody asked for: what is wanted, how far it is, who makes it until when, and what proves the
 * file. A filter may hold words that somebody looked for, so rows are deleted after a month.
 */
export class CreateExportJobs1763800001100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Updated twice a second while it runs: pages with room, and no index on what changes then, keep the new version near.
    await runner.query(`
      create table export_jobs (
        id           uuid           not null constraint export_jobs_pkey primary key,
        requested_by uuid           not null,
        filter       jsonb          not null,
        format       text           not null check (format in ('csv', 'csv-raw', 'jsonl', 'txt', 'md')),
        row_order    text           not null check (row_order in ('time', 'session')),
        time_zone    text           not null,
        gzip         boolean        not null,
        status       text           not null
          check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
        attempts     integer        not null default 0,
        lease_owner  uuid,
        lease_until  timestamptz(3),
        rows_done    bigint         not null default 0,
        rows_total   bigint,
        bytes        bigint         not null default 0,
        snapshot_at  timestamptz(3),
        sha256       text           check (sha256 ~ '^[0-9a-f]{64}$'),
        cut_cells    bigint         not null default 0,
        inert_cells  bigint         not null default 0,
        error        text,
        created_at   timestamptz(3) not null,
        started_at   timestamptz(3),
        finished_at  timestamptz(3),
        expires_at   timestamptz(3),
        check ((status = 'running') = (lease_owner is not null and lease_until is not null)),
        check (status <> 'succeeded' or (sha256 is not null and snapshot_at is not null and expires_at is not null))
      ) with (fillfactor = 60)`);
    await runner.query(`create index export_jobs_created_at_idx on export_jobs (created_at, id)`);
    await runner.query(
      `create index export_jobs_requested_by_idx on export_jobs (requested_by, created_at, id)`,
    );
    await runner.query(`
      create index export_jobs_unfinished_idx on export_jobs (created_at, id)
        where status in ('queued', 'running')`);
    await runner.query(`
      create index export_jobs_expires_at_idx on export_jobs (expires_at, id) where status = 'succeeded'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table export_jobs`);
  }
}
