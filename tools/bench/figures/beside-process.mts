/**
 * Somebody who searches for the worst there is, again and again, in a process of their own as in life. Says which
 * it is and what it takes, then `paused` each time that it was told to pause and no search is under way any more.
 * A search that fails is told as `failed`, and ends it.
 * Arguments: the data set's URL, the days of its retention, its end.
 */
import { openMessageStore, ReadTimeoutError } from '@chat-history/message-store';
import { terms } from '../data/terms.mts';

export interface Worst {
  readonly q: string;
  /** The longer of two. */
  readonly ms: number;
}

/** What its parent is told. */
export type News = { readonly worst: Worst } | { readonly paused: true } | { readonly failed: string };

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
  await store.search.find({ q, limit: 50, to: new Date(to), order: 'newest' }).catch((error: unknown) => {
    if (!(error instanceof ReadTimeoutError)) throw error;
  });
  return performance.now() - startedAt;
}

async function findWorst(): Promise<Worst> {
  const taken: Worst[] = [];
  for (const q of candidates) taken.push({ q, ms: Math.max(await msOf(q), await msOf(q)) });
  return taken.toSorted((a, b) => b.ms - a.ms)[0]!;
}

async function searchUntil(paused: AbortSignal, q: string): Promise<void> {
  while (!paused.aborted) await msOf(q);
}

function tell(news: News): void {
  process.send?.(news);
}

function fail(error: unknown): void {
  const failed = error instanceof Error ? error.message : String(error);
  process.send?.({ failed } satisfies News, () => process.exit(1));
}

process.on('disconnect', () => process.exit());
try {
  const worst = await findWorst();
  let pausing = new AbortController();
  let searches = Promise.resolve();
  process.on('message', (wish) => {
    if (wish === 'search') {
      pausing = new AbortController();
      searches = searchUntil(pausing.signal, worst.q);
      searches.catch(fail);
    } else {
      pausing.abort();
      searches.then(() => tell({ paused: true }), fail);
    }
  });
  tell({ worst });
} catch (error) {
  fail(error);
}
