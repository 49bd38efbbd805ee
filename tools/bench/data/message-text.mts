import type { SessionShape } from './session-shape.mts';
import { terms } from './terms.mts';

/** Where a message stands: what is planted depends on its day. */
export interface TextPlace {
  /** 0 is the oldest. */
  readonly day: number;
  /** The first day on which the word that stopped is not said any more. */
  readonly stoppedOn: number;
}

const [meetsFirst, meetsSecond] = twoWords(terms.phraseThatMeets);
const [neverFirst, neverSecond] = twoWords(terms.phraseThatNeverMeets);

/** What is said: sentences of the session's language, now and then a code or an address, and what is planted. */
export function messageText(
  random: () => number,
  shape: SessionShape,
  isAnswer: boolean,
  at: TextPlace,
): string {
  const sentences = 1 + Math.floor(random() * (isAnswer ? 5 : 3));
  let text = (random() < 0.1 ? `${neverFirst} ` : '') + sentence(random, shape);
  for (let count = 1; count < sentences; count++) text += shape.language.space + sentence(random, shape);
  if (random() < 0.18) text += ` ${codeOf(random, shape)}`;
  text += planted(random, at);
  // Between the two words that never meet, there is always this one.
  text += ` ${terms.everyword}`;
  return random() < 0.1 ? `${text} ${neverSecond}` : text;
}

function sentence(random: () => number, { language }: SessionShape): string {
  const [least, most] = language.sentence;
  const count = least + Math.floor(random() * (most - least + 1));
  let text = language.words[language.word(random())]!;
  for (let word = 1; word < count; word++) text += language.space + language.words[language.word(random())]!;
  return text + language.stop;
}

function codeOf(random: () => number, { order, name }: SessionShape): string {
  const kind = random();
  if (kind < 0.6) return order;
  if (kind < 0.75) return `https://shop.example/orders/${order.slice(4)}?ref=${name.slice(0, 8)}`;
  if (kind < 0.9) return `+49 30 ${1_000_000 + Math.floor(random() * 9_000_000)}`;
  return `customer.${name.slice(0, 6)}@mail.example`;
}

function planted(random: () => number, { day, stoppedOn }: TextPlace): string {
  let text = '';
  if (random() < 0.01) text += ` ${terms.latinPeer}`;
  if (random() < 0.01) text += ` ${terms.cjkPeer}`;
  if (day < stoppedOn && random() < 1 / 8) text += ` ${terms.stopped}`;
  if (day === 0 && random() < 1 / 3) text += ` ${terms.onlyOldest}`;
  const pair = random();
  if (pair < 0.02) return `${text} ${meetsFirst} ${meetsSecond}`;
  if (pair < 0.08) return `${text} ${meetsFirst}`;
  return pair < 0.14 ? `${text} ${meetsSecond}` : text;
}

function twoWords(phrase: string): [string, string] {
  const [first = '', second = ''] = phrase.replaceAll('"', '').split(' ');
  return [first, second];
}
