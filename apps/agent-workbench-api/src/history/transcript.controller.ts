import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiDefaultResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  problem,
  sessionNameParams,
  transcriptPage,
  transcriptQuery,
  type TranscriptPage,
  type TranscriptQuery,
} from '@chat-history/http-contract';
import { Transcript } from '@chat-history/message-store';
import { ClientGone } from '@chat-history/service-shell';
import { chatMessageOf, chatSessionOf } from '../to-contract.js';
import { sayingHowToNarrow } from './took-too-long.js';

@ApiTags('history')
@ApiBearerAuth()
@ApiDefaultResponse({ standardSchema: problem })
@Controller('api/history/sessions/:session_name')
export class TranscriptController {
  constructor(private readonly transcript: Transcript) {}

  /** The messages of one session, oldest first, a page at a time, both ways. */
  @Get()
  @ApiOkResponse({ standardSchema: transcriptPage })
  async find(
    @Param({ schema: sessionNameParams }) { session_name: sessionName }: { session_name: string },
    @Query({ schema: transcriptQuery }) query: TranscriptQuery,
    @ClientGone() gone: AbortSignal,
  ): Promise<TranscriptPage> {
    const page = await this.transcript
      .find({ sessionName, ...query }, gone)
      .catch(sayingHowToNarrow('Ask for fewer messages at once.'));
    return {
      session: chatSessionOf(page.session),
      items: page.items.map(chatMessageOf),
      prev_cursor: page.prevCursor,
      next_cursor: page.nextCursor,
    };
  }
}
