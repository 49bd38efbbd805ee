/** The process of the fake bot: Coze's protocol, with the behaviour that each question asks for. */
import { FakeCoze, type CozeBehaviour } from '@chat-history/fake-bots';
import { answerPieces, scriptOf } from './bot-script.mts';

/** How often a scripted question was asked; the harness asks a few hundred of them. */
const timesAsked = new Map<string, number>();

const bot = await FakeCoze.start(({ body }) => {
  const [asked] = (body['additional_messages'] ?? []) as { content: string }[];
  // Other requests (a run to be cancelled or looked at) carry no question.
  return asked ? behaviourFor(asked.content) : {};
});
process.send?.({ url: bot.url });
process.once('disconnect', () => process.exit());

function behaviourFor(question: string): CozeBehaviour {
  const pieces = answerPieces(question);
  const script = scriptOf(question);
  if (!script) return { pieces, firstByteDelayMs: 200 };
  const times = (timesAsked.get(question) ?? 0) + 1;
  timesAsked.set(question, times);
  return times > (script.misbehavesTimes ?? Infinity) ? { pieces } : { ...script.behaviour, pieces };
}
