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
});
