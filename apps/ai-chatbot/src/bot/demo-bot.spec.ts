import { botQuestion } from '../../test/ask-bot.js';
import { DemoBot } from './demo-bot.js';

describe('the demo bot', () => {
  it.each([
    ['Where is my refund?', 'The refund reaches your account'],
    ['HOW LONG DOES SHIPPING TAKE', 'Orders leave our warehouse'],
    ['我要退款，谢谢', '我们收到商品后3到5个工作日内退款'],
    ['Ünsinn 42', 'I have no answer to that'],
    ['天气怎么样', '这个问题我还不会回答'],
  ])('answers %j and says that it is a demo', async (question, expected) => {
    const answer = (await pieces(question)).join('');
    expect(answer).toContain(expected);
    expect(answer).toMatch(/demo|演示/);
  });

  it('speaks word by word', async () => {
    expect((await pieces('hello')).length).toBeGreaterThan(10);
    expect((await pieces('你好')).length).toBeGreaterThan(10);
  });

  async function pieces(text: string): Promise<string[]> {
    const said: string[] = [];
    for await (const piece of new DemoBot(0).answer(botQuestion({ text }))) said.push(piece);
    return said;
  }
});
