import { setTimeout as delay } from 'node:timers/promises';
import type { Bot, BotQuestion } from './bot.js';
import faq from './faq.json';

/** Answers from a small FAQ in English and Chinese, word by word, and says that it is a demo. Needs no network. */
export class DemoBot implements Bot {
  constructor(private readonly wordDelayMs: number) {}

  async *answer({ text, signal }: BotQuestion): AsyncGenerator<string, void, undefined> {
    const language = /\p{Script=Han}/u.test(text) ? 'zh' : 'en';
    const { introduction, entries, fallback } = faq[language];
    const answer = bestAnswer(entries, text.normalize('NFKC').toLowerCase()) ?? fallback;
    const separator = language === 'zh' ? '' : ' ';
    for (const word of wordsOf(introduction + separator + answer, language)) {
      if (this.wordDelayMs > 0) await delay(this.wordDelayMs, undefined, { signal });
      yield word;
    }
  }
}

/** The answer with the most keywords in the question; the first of equals. */
function bestAnswer(
  entries: readonly { keywords: string[]; answer: string }[],
  question: string,
): string | undefined {
  let best: string | undefined;
  let bestCount = 0;
  for (const { keywords, answer } of entries) {
    const count = keywords.filter((keyword) => question.includes(keyword)).length;
    if (count > bestCount) [best, bestCount] = [answer, count];
  }
  return best;
}

/** Each word with the spaces and punctuation before it. */
function* wordsOf(text: string, language: string): Generator<string, void, undefined> {
  let piece = '';
  for (const { segment, isWordLike } of new Intl.Segmenter(language, { granularity: 'word' }).segment(text)) {
    piece += segment;
    if (!isWordLike) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
