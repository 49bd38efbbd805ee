import type { CozeBehaviour } from '@chat-history/fake-bots';

/** What a question asks of the fake bot; a question without one gets its answer after 200 ms, and at once whole. */
export interface BotScript {
  readonly behaviour: Omit<CozeBehaviour, 'pieces'>;
  /** How often it misbehaves before it answers as it should; always if left out. */
  readonly misbehavesTimes?: number;
  /** In how many pieces it answers. */
  readonly pieceCount?: number;
}

const opening = 'chaos script ';
const answerOpening = 'You said: ';
const defaultPieceCount = 5;

/** Words of questions, answers and the bot's problems that must not be found outside of the history. */
export const spokenMarks: readonly string[] = [opening, answerOpening, 'of customer', 'my secret words'];

/** A question that tells the fake bot how to behave. */
export function withScript(script: BotScript, text: string): string {
  return `${opening}${JSON.stringify(script)}\n${text}`;
}

export function scriptOf(question: string): BotScript | undefined {
  if (!question.startsWith(opening)) return undefined;
  return JSON.parse(question.slice(opening.length, question.indexOf('\n'))) as BotScript;
}

/**
 * What the fake bot says, piece by piece; known on both sides of the service. It repeats what it was asked, cut without
 * regard for characters: also between the halves of a surrogate pair.
 */
export function answerPieces(question: string): string[] {
  const count = scriptOf(question)?.pieceCount ?? defaultPieceCount;
  const answer = `${answerOpening}${question.slice(question.startsWith(opening) ? question.indexOf('\n') + 1 : 0)}`;
  const edges = Array.from({ length: count + 1 }, (_, at) => Math.round((answer.length * at) / count));
  return edges.slice(1).map((end, at) => answer.slice(edges[at], end));
}
