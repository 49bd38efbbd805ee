import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { health, type Health } from '@chat-history/http-contract';
import type { Response } from 'express';
import { Public } from '../http/public.decorator.js';
import { Readiness } from './readiness.js';

@Public()
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Whether the process answers at all; it asks nobody else, so a database that is away restarts nothing. */
  @Get('live')
  @ApiOkResponse({ standardSchema: health })
  live(): Health {
    return { status: 'ok', details: {} };
  }

  @Get('ready')
  @ApiOkResponse({ standardSchema: health, description: '`ok` or `degraded`' })
  @ApiServiceUnavailableResponse({ standardSchema: health, description: '`error`' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Health> {
    const report = await this.readiness.report();
    if (report.status === 'error') response.status(503);
    return report;
  }
}
