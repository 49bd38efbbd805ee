import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  problem,
  searchPage,
  searchQuery,
  type SearchPage,
  type SearchQuery,
} from '@chat-history/http-contract';
import { MessageSearch } from '@chat-history/message-store';
import { ClientGone } from '@chat-history/service-shell';
import { filterOf } from '../from-contract.js';
import { searchPageOf } from '../to-contract.js';
import { sayingHowToNarrow } from './took-too-long.js';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/history/search')
export class SearchController {
  constructor(private readonly search: MessageSearch) {}

  /**
   * Messages by their words and by who said them where and when; without `q`, all of the filter. By relevance, the
   * newest hits are ranked, at most 1,000, and `ranked` says whether those are all.
   */
  @Get()
  @ApiOkResponse({ standardSchema: searchPage })
  async find(
    @Query({ schema: searchQuery }) query: SearchQuery,
    @ClientGone() gone: AbortSignal,
  ): Promise<SearchPage> {
    const { limit, cursor, order, count: withCount } = query;
    const page = await this.search
      .find({ ...filterOf(query), limit, cursor, order, withCount }, gone)
      .catch(sayingHowToNarrow('Search a shorter time range or one session, or for more words.'));
    return searchPageOf(page);
  }
}
