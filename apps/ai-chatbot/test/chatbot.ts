import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { FakeCoze } from '@chat-history/fake-bots';
import { createLogger, createService, parseConfig } from '@chat-history/service-shell';
import { chatbotConfig } from '../src/ai-chatbot.config.js';
import { chatbotService } from '../src/ai-chatbot.service.js';

export const sessionSecret = 'only-for-specs-0123456789-0123456789';

export interface Chatbot {
  readonly app: NestExpressApplication;
  readonly logLines: string[];
  /** Resolves when it logs the text, the next time. */
  logged(text: string): Promise<void>;
  stop(): Promise<void>;
}

/** ai-chatbot in this process, listening on a free port, with a demo bot that loses no time. */
export async function startChatbot(environment: Record<string, string>): Promise<Chatbot> {
  const spoolDir = await mkdtemp(path.join(tmpdir(), 'chat-history-spool-'));
  const logLines: string[] = [];
  const config = parseConfig(chatbotConfig, {
    DEMO_BOT_DELAY_MS: '0',
    CHAT_SESSION_SECRET: sessionSecret,
    CHAT_HISTORY_SPOOL_DIR: spoolDir,
    // What a spec stores is to be found in the database.
    CHAT_HISTORY_COMMIT_TIMEOUT_MS: '60000',
    // However busy this machine is, whose session it is can be told.
    CHAT_HISTORY_TURN_TIMEOUT_MS: '20000',
    ...environment,
  });
  const log = new EventEmitter().setMaxListeners(0);
  log.on('line', (line: string) => logLines.push(line));
  const logger = createLogger('ai-chatbot', 'debug', { write: (line) => log.emit('line', line) });
  const app = await createService(chatbotService(config, logger));
  await app.listen(0, '127.0.0.1');
  return {
    app,
    logLines,
    logged: (text) =>
      new Promise((resolve) => {
        const hear = (line: string) => {
          if (!line.includes(text)) return;
          log.off('line', hear);
          resolve();
        };
        log.on('line', hear);
      }),
    async stop() {
      await app.close();
      await rm(spoolDir, { recursive: true });
    },
  };
}

/** The variables of a deployment, by which it does not wait for a database that hangs. */
export const impatient = { CHAT_HISTORY_COMMIT_TIMEOUT_MS: '250', CHAT_HISTORY_TURN_TIMEOUT_MS: '150' };

/** The variables that let it talk with a Coze of ours. */
export function withCoze(coze: FakeCoze): Record<string, string> {
  return { BOT_PROVIDER: 'coze', COZE_API_BASE: coze.url, COZE_API_TOKEN: 'a-token', COZE_BOT_ID: 'bot-1' };
}
