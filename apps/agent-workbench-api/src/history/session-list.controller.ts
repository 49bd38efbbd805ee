import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  problem,
  sessionListPage,
  sessionListQuery,
  type SessionListPage,
  type SessionListQuery,
} from '@chat-history/http-contract';
import { SessionList } from '@chat-history/message-store';
import { ClientGone } from '@chat-history/service-shell';
import { rangeOf } from '../from-contract.js';
import { chatSessionOf } from '../to-contract.js';
import { sayingHowToNarrow } from './took-too-long.js';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/history/sessions')
export class SessionListController {
  constructor(private readonly sessions: SessionList) {}

  /** Sessions with a message in the range, by their last message in it, latest first. */
  @Get()
  @ApiOkResponse({ standardSchema: sessionListPage })
  async find(
    @Query({ schema: sessionListQuery }) query: SessionListQuery,
    @ClientGone() gone: AbortSignal,
  ): Promise<SessionListPage> {
    const { limit, cursor } = query;
    const page = await this.sessions
      .find({ ...rangeOf(query), limit, cursor }, gone)
      .catch(sayingHowToNarrow('Ask for the sessions of a shorter time range.'));
    return { items: page.items.map(chatSessionOf), next_cursor: page.nextCursor };
  }
}
