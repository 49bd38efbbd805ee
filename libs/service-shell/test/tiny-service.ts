import { EventEmitter, once } from 'node:events';
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiDefaultResponse } from '@nestjs/swagger';
import { problem } from '@chat-history/http-contract';
import { z } from 'zod';
import {
  ApiIdempotencyKey,
  ClientGone,
  createLogger,
  createService,
  IdempotencyKey,
  parseConfig,
  shellConfig,
  type ServiceOptions,
} from '../src/index.js';

class ShelfEmptyError extends Error {}
class BoxAwayError extends Error {}

/** Says `begun` with its signal when somebody waits for a note, until the client is gone. */
export const waits = new EventEmitter<{ begun: [AbortSignal] }>();

const note = z.strictObject({ text: z.string().min(1).max(10), tags: z.array(z.string()).optional() });
const page = z.strictObject({ limit: z.enum(['1', '2'], { error: 'must be 1 or 2' }).optional() });

@ApiDefaultResponse({ standardSchema: problem })
@Controller('notes')
class NoteController {
  @Post()
  @ApiIdempotencyKey('the same note is added once')
  add(@Body({ schema: note }) body: z.infer<typeof note>, @IdempotencyKey() key: string | undefined) {
    return { length: body.text.length, key };
  }

  @Get()
  list(@Query({ schema: page }) query: z.infer<typeof page>) {
    return { limit: query.limit ?? null };
  }

  @Get('wait')
  async wait(@ClientGone() gone: AbortSignal): Promise<void> {
    waits.emit('begun', gone);
    await once(gone, 'abort');
    throw new ShelfEmptyError();
  }

  @Get('done')
  done(@ClientGone() gone: AbortSignal): object {
    waits.emit('begun', gone);
    return {};
  }

  @Get('fail/:how')
  fail(@Param('how') how: string) {
    if (how === 'known') throw new ShelfEmptyError('shelf 12 of the cellar');
    if (how === 'away') throw new BoxAwayError();
    throw databaseError();
  }
}

/** As the driver makes them: values of the row in the texts. */
export function databaseError(): Error {
  return Object.assign(new Error('invalid input syntax for type uuid: "my secret words"'), {
    severity: 'ERROR',
    code: '22P02',
    detail: 'Failing row contains (my secret words).',
    where: "unnamed portal parameter $1 = 'my secret words'",
    query: 'insert into notes values ($1)',
    parameters: ['my secret words'],
    table: 'notes',
  });
}

@Module({ controllers: [NoteController] })
export class NoteModule {}

/** A small service on the shell, and the lines it logs. */
export async function startTinyService(
  overrides: Partial<ServiceOptions> = {},
  environment: Record<string, string> = {},
): Promise<{ app: NestExpressApplication; logLines: string[] }> {
  const logLines: string[] = [];
  const app = await createService({
    name: 'tiny',
    module: NoteModule,
    port: 0,
    config: parseConfig(z.object(shellConfig), environment),
    logger: createLogger('tiny', 'debug', { write: (line) => logLines.push(line) }),
    problemOf: (error) => {
      if (error instanceof ShelfEmptyError) return { status: 409, detail: 'The shelf is empty.' };
      if (error instanceof BoxAwayError) return { status: 503, retryAfterSeconds: 5 };
      return undefined;
    },
    ...overrides,
  });
  await app.init();
  return { app, logLines };
}
