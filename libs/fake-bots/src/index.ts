export { FakeCoze } from './fake-coze.js';
export type { CozeBehaviour } from './fake-coze.js';
export { FakeOpenAi } from './fake-openai.js';
export type { OpenAiBehaviour } from './fake-openai.js';
export type { BotRequest } from './fake-bot-server.js';
