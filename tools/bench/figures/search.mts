import type { MessageSearchQuery, MessageStore } from '@chat-history/message-store';
import { terms } from '../data/terms.mts';
import type { Figure } from '../figure.mts';
import { p95InTurn, roundsOf } from '../timing.mts';
import { withStores } from './reading-store.mts';

/** What is typed, by what it asks of the index. */
const asked: Readonly<Record<string, string>> = {
  'a rare word': terms.rare,
  'a common word': terms.common,
  'several words': terms.severalWords,
  'a phrase': terms.phraseThatMeets,
  'two CJK characters': terms.commonCjk,
  'two CJK characters, rare': terms.rareCjk,
  'one CJK character': terms.commonCjkCharacter,
  'one CJK character, rare': terms.rareCjkCharacter,
  'a code': terms.code,
  'part of a code': terms.codePart,
  'an e-mail address': terms.email,
  'a prefix': terms.prefix,
  'a prefix of a code': terms.codePrefix,
  'a negation': terms.negation,
  'a word that stopped 20 days ago': terms.stopped,
  'a word of the oldest day alone': terms.onlyOldest,
  'a word that nobody said': terms.nowhere,
  'one of three that nobody said': terms.severalNowhere,
};

/** The first page of each kind of search, newest first. */
export const search: Figure = {
  name: 'search',
  title: 'Search, first pages',
  needs: ['10M'],
  async measure(bench) {
    const database = await bench.database(bench.size);
    return withStores([database], async ([store]) => {
      const find = finder(store!, database.dataSet.to);
      const calls = Object.values(asked).map((q) => () => find({ q }));
      const measured = await p95InTurn(bench, calls, roundsOf(bench));
      const kinds = Object.entries(asked).map(async ([kind, q], index) => ({
        what: `${kind} (${await hitsOf(find, q)}), p95`,
        ...{ value: measured[index]!, unit: 'ms', limit: { atMost: 50 } },
      }));
      const peers = [terms.cjkPeer, terms.latinPeer].map((q) => () => find({ q }));
      const [cjk = NaN, latin = NaN] = await p95InTurn(bench, peers, roundsOf(bench));
      const beside = { what: 'a Latin word as frequent', value: latin };
      return [
        ...(await Promise.all(kinds)),
        {
          ...{ what: 'two CJK characters beside a word', value: cjk, unit: 'ms', beside, ratio: cjk / latin },
          limit: { atMost: 2 },
        },
      ];
    });
  },
};

/** How many hits there are, counted up to 1,000, for searches from the rarest to the most common. */
export const count: Figure = {
  name: 'count',
  title: 'Search with a count',
  needs: ['10M'],
  async measure(bench) {
    const database = await bench.database(bench.size);
    return withStores([database], async ([store]) => {
      const find = finder(store!, database.dataSet.to);
      const counted = [
        'a common word',
        'two CJK characters',
        'a rare word',
        'a word that stopped 20 days ago',
      ];
      const calls = counted.map((kind) => () => find({ q: asked[kind]!, withCount: true }));
      const measured = await p95InTurn(bench, calls, roundsOf(bench));
      return counted.map((kind, index) => ({
        ...{ what: `${kind}, counted, p95`, value: measured[index]!, unit: 'ms', limit: { atMost: 50 } },
      }));
    });
  },
};

type Find = (query: Partial<MessageSearchQuery>) => ReturnType<MessageStore['search']['find']>;

/** By the data set's own clock: a kept one ended some days ago. */
function finder(store: MessageStore, to: Date): Find {
  return (query) => store.search.find({ limit: 50, to, ...query });
}

/** That what was timed found what it should: a page, or the dozen messages with what is rare. */
async function hitsOf(find: Find, q: string): Promise<string> {
  const { items, nextCursor } = await find({ q });
  return `${items.length}${nextCursor === null ? '' : '+'} hits`;
}
