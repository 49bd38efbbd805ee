import { DataSet } from './data-set.mts';
import { terms } from './terms.mts';

const newestDay = '2026-11-22';
const dataSet = new DataSet('100k', { seed: 1, newestDay });
const messages = [...dataSet.rows(0, dataSet.messages)];
const having = (text: string) => messages.filter(({ content }) => content.includes(text));
const share = (found: readonly unknown[]) => found.length / messages.length;

describe('the data set', () => {
  it('is the same from the same seed, from wherever it is read', () => {
    expect(messages).toHaveLength(100_000);
    const again = new DataSet('100k', { seed: 1, newestDay });
    expect([...again.rows(54_321, 500)]).toEqual(messages.slice(54_321, 54_821));
    expect([...new DataSet('100k', { seed: 2, newestDay }).rows(0, 5)]).not.toEqual(messages.slice(0, 5));
  });

  it('has messages of 31 days with the ids of their times, none twice', () => {
    expect(messages.every(({ createdAt }) => createdAt >= dataSet.from && createdAt < dataSet.to)).toBe(true);
    expect(dataSet.from.toISOString()).toBe('2026-10-23T00:00:00.000Z');
    expect(dataSet.daysBack(0).toISOString()).toBe('2026-11-22T00:00:00.000Z');
    expect(dataSet.daysBack(30)).toEqual(dataSet.from);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    for (const { id, createdAt } of messages.slice(0, 1_000)) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(createdAt.getTime());
    }
  });

  it('is like the chats of a support: some 160 characters a message, a dozen messages a session', () => {
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
    expect(characters / messages.length).toBeGreaterThan(145);
    expect(characters / messages.length).toBeLessThan(175);
    const sessions = new Set(messages.map(({ sessionName }) => sessionName));
    expect(messages.length / sessions.size).toBeGreaterThan(10.5);
    expect(messages.length / sessions.size).toBeLessThan(13.5);
    expect(new Set(messages.map(({ role }) => role)).size).toBe(3);
    expect(new Set(messages.map(({ status }) => status)).size).toBe(3);
  });

  it('holds what is planted where it is planted, and what is not nowhere', () => {
    expect(share(having(terms.everyword))).toBe(1);
    expect([terms.rare, terms.rareCjk, terms.code, terms.email].map((term) => having(term).length)).toEqual([
      ...[12, 12, 12, 12],
    ]);
    expect(messages.filter(({ agentId }) => agentId === terms.rareAgent)).toHaveLength(12);
    expect(having(terms.nowhere)).toEqual([]);
    for (const term of [
      terms.common,
      terms.commonCjk,
      terms.commonCjkCharacter,
      terms.latinPeer,
      terms.cjkPeer,
    ]) {
      expect(share(having(term))).toBeGreaterThan(0.008);
    }
  });

  it('has a word that stopped, one of the oldest day, and two that never stand side by side', () => {
    const stopped = having(terms.stopped);
    expect(stopped.length).toBeGreaterThan(3_000);
    expect(stopped.every(({ createdAt }) => createdAt < dataSet.daysBack(20))).toBe(true);
    const oldest = having(terms.onlyOldest);
    expect(oldest.length).toBeGreaterThan(500);
    expect(oldest.every(({ createdAt }) => createdAt < dataSet.daysBack(29))).toBe(true);
    const words = (phrase: string) => phrase.replaceAll('"', '').split(' ');
    const both = (phrase: string) =>
      words(phrase).reduce((found, word) => found.filter((m) => m.content.includes(word)), messages);
    expect(share(both(terms.phraseThatNeverMeets))).toBeGreaterThan(0.005);
    expect(having(terms.phraseThatNeverMeets.replaceAll('"', ''))).toEqual([]);
    expect(share(having(terms.phraseThatMeets.replaceAll('"', '')))).toBeGreaterThan(0.01);
  });
});
