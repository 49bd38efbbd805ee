import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  problem,
  statistics,
  statisticsQuery,
  type Statistics,
  type StatisticsQuery,
} from '@chat-history/http-contract';
import { MessageStatistics } from '@chat-history/message-store';
import { ClientGone } from '@chat-history/service-shell';
import { rangeOf } from '../from-contract.js';
import { statisticsOf } from '../to-contract.js';
import { sayingHowToNarrow } from './took-too-long.js';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/history/statistics')
export class StatisticsController {
  constructor(private readonly statistics: MessageStatistics) {}

  /** How many messages a range has, by role and by interval, and how long answers took. */
  @Get()
  @ApiOkResponse({ standardSchema: statistics })
  async summarize(
    @Query({ schema: statisticsQuery }) query: StatisticsQuery,
    @ClientGone() gone: AbortSignal,
  ): Promise<Statistics> {
    const { time_zone: timeZone, interval } = query;
    const counted = await this.statistics
      .summarize({ ...rangeOf(query), timeZone, interval }, gone)
      .catch(sayingHowToNarrow('Count a shorter time range.'));
    return statisticsOf(counted, query);
  }
}
