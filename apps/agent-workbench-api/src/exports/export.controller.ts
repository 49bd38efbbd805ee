import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { exportQuery, problem, type ExportQuery } from '@chat-history/http-contract';
import { MessageExport, streamedExport, type Agent } from '@chat-history/message-store';
import type { Request, Response } from 'express';
import { requireRole } from '../auth/agent-roles.js';
import { CurrentAgent } from '../auth/current-agent.decorator.js';
import { exportRequestOf } from '../from-contract.js';
import { exportFileHeaders } from './export-file-headers.js';
import { sendFile } from './send-file.js';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/history/export')
export class ExportController {
  constructor(private readonly exports: MessageExport) {}

  /**
   * Every message of the filter as one file: one moment's snapshot. Many sessions need a supervisor, more than 100,000
   * messages a job.
   */
  @Get()
  @ApiProduces('text/csv', 'application/x-ndjson', 'text/plain', 'text/markdown', 'application/gzip')
  @ApiOkResponse({
    description: '`csv` in UTF-8 with a byte order mark, CRLF, a header row; `gzip` makes it a .gz file',
    schema: { type: 'string' },
  })
  async export(
    @Req() request: Request,
    @Query({ schema: exportQuery }) query: ExportQuery,
    @CurrentAgent() agent: Agent,
    @Res() response: Response,
  ): Promise<void> {
    if (query.session_name === undefined) requireRole(agent, 'supervisor', 'export more than one session');
    const headers = exportFileHeaders(query, new Date());
    // Express gives HEAD to the handler of GET, which would make the file and drop it.
    if (request.method === 'HEAD') {
      response.set(headers).end();
      return;
    }
    await sendFile(response, { headers }, async (signal) => {
      const { stream } = await this.exports.open(exportRequestOf(query), signal, streamedExport);
      return stream;
    });
  }
}
