import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often the database went away beneath a job's runs: apart from its attempts, which count processes that died. */
export class CountOutagesOfExportJobs1763800001400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table export_jobs add column outages integer not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table export_jobs drop column outages`);
  }
}
