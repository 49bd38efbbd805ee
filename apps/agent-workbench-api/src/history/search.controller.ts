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
import { filterOf } from '../from-contract.js';
import { searchHitOf } from '../to-contract.js';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/history/search')
export class SearchController {
  constructor(private readonly search: MessageSearch) {}

  /** Messages by their words and by who said them where and when, newest first. Without `q`, all of the filter. */
  @Get()
  @ApiOkResponse({ standardSchema: searchPage })
  async find(@Query({ schema: searchQuery }) query: SearchQuery): Promise<SearchPage> {
    const { limit, cursor } = query;
    const page = await this.search.find({ ...filterOf(query), limit, cursor });
    return { items: page.items.map(searchHitOf), next_cursor: page.nextCursor };
  }
}
