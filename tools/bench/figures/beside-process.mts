/**
 * Somebody who searches for the worst there is, again and again, in a process of their own as in life. Says which
 * it is and what it takes, when it begins and when it is told to go on or to pause.
 * Arguments: the data set's URL, the days of its retention, its end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { openMessageStore } from '@chat-history/message-store';
import { terms } from '../data/terms.mts';

/** What each takes the most of: rows that are looked at in vain, or words that are looked up. */
const candidates = [
  `-${terms.everyword}`,
  terms.phraseThatNeverMeets,
  `${terms.everyword} -${terms.everyword}`,
  `${terms.phraseThatNeverMeets} or ${terms.nowhere}`,
  terms.commonCjkCharacter,
  `${terms.commonCjkCharacter} -${terms.everyword}`,
  terms.nowhere,
];

const [databaseUrl = '', retentionDays = '', to = ''] = process.argv.slice(2);
const store = openMessageStore({
  databaseUrl,
  retentionDays: Number(retentionDays),
  spoolDir: '/nonexistent',
  applicationName: 'chat-history bench search',
  logger: console,
});

/** One that takes too long has been cancelled: that is the worst it can do. */
async function msOf(q: string): Promise<number> {
  const startedAt = performance.now();
  await store.search.find({ q, limit: 50, to: new Date(to), order: 'newest' }).catch(() => undefined);
  return performance.now() - startedAt;
}

const taken: { q: string; ms: number }[] = [];
for (const q of candidates) taken.push({ q, ms: Math.max(await msOf(q), await msOf(q)) });
const worst = taken.toSorted((a, b) => b.ms - a.ms)[0]!;
process.send?.(worst);

let isRunning = false;
process.on('message', (wish) => (isRunning = wish === 'search'));
process.on('disconnect', () => process.exit());
for (;;) {
  if (isRunning) await msOf(worst.q);
  else await delay(5);
}
