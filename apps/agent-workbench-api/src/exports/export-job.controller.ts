import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiDefaultResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import {
  exportJob,
  exportJobListQuery,
  exportJobPage,
  exportJobParams,
  exportJobRequest,
  problem,
  type ExportJob,
  type ExportJobListQuery,
  type ExportJobPage,
  type ExportJobParams,
  type ExportJobRequest,
} from '@chat-history/http-contract';
import { ExportJobs, type Agent, type ExportJob as KeptJob } from '@chat-history/message-store';
import type { Request, Response } from 'express';
import { requireRole } from '../auth/agent-roles.js';
import { CurrentAgent } from '../auth/current-agent.decorator.js';
import { exportRequestOf } from '../from-contract.js';
import { exportFileHeaders } from './export-file-headers.js';
import { exportJobAnswer } from './export-job-answer.js';
import { ExportRunner } from './export-runner.js';
import { ExportUpkeep } from './export-upkeep.js';
import { ExportExpiredError, ExportJobNotFoundError, ExportWithoutFileError } from './export.errors.js';
import { fileKeyOf } from './file-key.js';
import { FileSender } from './file-sender.js';

const route = 'api/history/exports';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller(route)
export class ExportJobController {
  constructor(
    private readonly jobs: ExportJobs,
    private readonly runner: ExportRunner,
    private readonly upkeep: ExportUpkeep,
    private readonly files: FileSender,
  ) {}

  /** Asks for a file of every message of the filter, made in the background. Many sessions need a supervisor. */
  @Post()
  @HttpCode(202)
  @ApiAcceptedResponse({ standardSchema: exportJob, description: '`Location` is the job' })
  async create(
    @Body({ schema: exportJobRequest }) request: ExportJobRequest,
    @CurrentAgent() agent: Agent,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExportJob> {
    requireRoleFor(request.session_name, agent);
    const job = await this.jobs.create(exportRequestOf(request), agent.id);
    this.runner.wake();
    response.location(`/${route}/${job.id}`);
    return exportJobAnswer(job);
  }

  /** Latest first: one's own, an admin everybody's. */
  @Get()
  @ApiOkResponse({ standardSchema: exportJobPage })
  async list(
    @Query({ schema: exportJobListQuery }) { limit, cursor }: ExportJobListQuery,
    @CurrentAgent() agent: Agent,
  ): Promise<ExportJobPage> {
    const requestedBy = agent.role === 'admin' ? undefined : agent.id;
    const { items, nextCursor } = await this.jobs.list({ requestedBy, limit, cursor });
    return { items: items.map(exportJobAnswer), next_cursor: nextCursor };
  }

  /** How far it is; once it succeeded, with what proves the file. */
  @Get(':id')
  @ApiOkResponse({ standardSchema: exportJob })
  async find(
    @Param({ schema: exportJobParams }) { id }: ExportJobParams,
    @CurrentAgent() agent: Agent,
  ): Promise<ExportJob> {
    return exportJobAnswer(await this.jobOf(agent, id));
  }

  /** Cancels it while it waits or runs; deletes the file once it succeeded. Nothing happens to one that ended otherwise. */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async end(
    @Param({ schema: exportJobParams }) { id }: ExportJobParams,
    @CurrentAgent() agent: Agent,
  ): Promise<void> {
    await this.jobOf(agent, id);
    await this.jobs.end(id);
    const { status, attempts } = await this.jobOf(agent, id);
    if (status === 'expired') await this.upkeep.expire({ id, attempt: attempts });
  }

  /** The file, whole or by `Range`; its `ETag` is the SHA-256 of the manifest. */
  @Get(':id/file')
  @ApiProduces('text/csv', 'application/x-ndjson', 'text/plain', 'text/markdown', 'application/gzip')
  @ApiOkResponse({ description: '206 for a range, 304 with If-None-Match', schema: { type: 'string' } })
  async file(
    @Param({ schema: exportJobParams }) { id }: ExportJobParams,
    @CurrentAgent() agent: Agent,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const job = await this.jobOf(agent, id);
    // Who is no supervisor any more has no business with what was asked for as one.
    requireRoleFor(job.filter.sessionName, agent);
    const { bytes, proof, attempts } = job;
    if (job.status === 'expired') throw new ExportExpiredError('the time of the file is over');
    if (job.status !== 'succeeded' || !proof) throw new ExportWithoutFileError(job.status);
    const key = fileKeyOf({ id, attempt: attempts });
    const headers = exportFileHeaders(job, proof.snapshotAt);
    await this.files.send(request, response, { key, bytes, sha256: proof.sha256, headers });
  }

  /** @throws ExportJobNotFoundError also for one of another agent: not even that there is one is anybody's business. */
  private async jobOf(agent: Agent, id: string): Promise<KeptJob> {
    const job = await this.jobs.find(id);
    if (!job || (agent.role !== 'admin' && job.requestedBy !== agent.id))
      throw new ExportJobNotFoundError('there is no such job of this agent');
    return job;
  }
}

function requireRoleFor(sessionName: string | undefined, agent: Agent): void {
  if (sessionName === undefined) requireRole(agent, 'supervisor', 'export more than one session');
}
