import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { exportQuery, problem, type ExportQuery } from '@chat-history/http-contract';
import { MessageCsvExport, type Agent } from '@chat-history/message-store';
import type { Response } from 'express';
import { requireRole } from '../auth/agent-roles.js';
import { CurrentAgent } from '../auth/current-agent.decorator.js';
import { filterOf } from '../from-contract.js';
import { sendFile } from './send-file.js';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/history/export')
export class ExportController {
  constructor(private readonly csv: MessageCsvExport) {}

  /** Every message of the filter as one file: one moment's snapshot, oldest first. Many sessions need a supervisor. */
  @Get()
  @ApiProduces('text/csv')
  @ApiOkResponse({
    description: 'UTF-8 with a byte order mark, CRLF, a header row',
    schema: { type: 'string' },
  })
  async export(
    @Query({ schema: exportQuery }) query: ExportQuery,
    @CurrentAgent() agent: Agent,
    @Res() response: Response,
  ): Promise<void> {
    if (query.session_name === undefined) requireRole(agent, 'supervisor', 'export more than one session');
    const day = new Date().toISOString().slice(0, 10);
    const headers = {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="chat-history-${day}.csv"`,
    };
    await sendFile(response, headers, (signal) => this.csv.open(filterOf(query), signal));
  }
}
