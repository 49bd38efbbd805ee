import { ConfigError, parseConfig } from '@chat-history/service-shell';
import { chatbotConfig } from './ai-chatbot.config.js';

const environment = { DATABASE_URL: 'postgres://db/chat', CHAT_SESSION_SECRET: 'x'.repeat(32) };

describe('the configuration of ai-chatbot', () => {
  it('needs nothing but a database and a secret', () => {
    expect(parseConfig(chatbotConfig, environment)).toMatchObject({
      BOT_PROVIDER: 'demo',
      CHATBOT_PORT: 3001,
      CHAT_SESSION_TOKEN: 'required',
      BOT_STOP_GRACE_MS: 10_000,
    });
  });

  it('needs the secret of session tokens, unless they are optional', () => {
    const { DATABASE_URL } = environment;
    expect(() => parseConfig(chatbotConfig, { DATABASE_URL })).toThrow('CHAT_SESSION_SECRET is not set');
    expect(() => parseConfig(chatbotConfig, { DATABASE_URL, CHAT_SESSION_SECRET: 'too short' })).toThrow(
      'CHAT_SESSION_SECRET must be a random text of at least 32 bytes',
    );
    const optional = parseConfig(chatbotConfig, { DATABASE_URL, CHAT_SESSION_TOKEN: 'optional' });
    expect(optional.CHAT_SESSION_SECRET).toBeUndefined();
  });

  it('needs the token and the number of the bot for Coze, and names them with all other faults', () => {
    const parse = () =>
      parseConfig(chatbotConfig, { BOT_PROVIDER: 'coze', COZE_API_BASE: 'ftp://coze', CHATBOT_PORT: 'x' });
    expect(parse).toThrow(ConfigError);
    for (const name of ['COZE_API_TOKEN', 'COZE_BOT_ID', 'COZE_API_BASE', 'CHATBOT_PORT', 'DATABASE_URL']) {
      expect(parse).toThrow(name);
    }
  });

  it('accepts a whole Coze configuration', () => {
    const coze = {
      BOT_PROVIDER: 'coze',
      COZE_API_TOKEN: 'pat',
      COZE_BOT_ID: '7',
      COZE_API_BASE: 'https://api.coze.cn',
    };
    expect(parseConfig(chatbotConfig, { ...environment, ...coze }).COZE_STREAMING).toBe(true);
  });

  it('needs a key and a model for a server that speaks OpenAI’s protocol', () => {
    const openai = { ...environment, BOT_PROVIDER: 'openai' };
    for (const name of ['OPENAI_API_KEY', 'OPENAI_MODEL']) {
      expect(() => parseConfig(chatbotConfig, openai)).toThrow(`${name} is not set`);
    }
    expect(
      parseConfig(chatbotConfig, { ...openai, OPENAI_API_KEY: 'none', OPENAI_MODEL: 'llama' }),
    ).toMatchObject({ OPENAI_BASE_URL: 'https://api.openai.com/v1', OPENAI_CONTEXT_MESSAGES: 20 });
  });

  it.each([
    ['BOT_MAX_RETRIES', '6'],
    ['BOT_BREAKER_FAILURES', '0'],
    ['BOT_BREAKER_COOLDOWN_MS', '99'],
    ['BOT_MAX_CONCURRENT', '10001'],
    ['BOT_MAX_QUEUED', '-1'],
    ['OPENAI_BASE_URL', 'ftp://model'],
    ['OPENAI_CONTEXT_MESSAGES', '201'],
    ['OPENAI_CONTEXT_CHARACTERS', '1000001'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => parseConfig(chatbotConfig, { ...environment, [name]: value })).toThrow(name);
  });
});
