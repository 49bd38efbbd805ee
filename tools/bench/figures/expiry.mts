import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openRetentionStore, type Message } from '@chat-history/message-store';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withConnection } from '../connection.mts';
import { copyChunks, copyColumns } from '../data/copy-text.mts';
import { sessionsFromMessages } from '../data/sessions-from-messages.mts';
import type { Bench, Figure, FigureResult } from '../figure.mts';
import { median } from '../statistics.mts';
import { timeOf } from '../timing.mts';

const dayMs = 86_400_000;

/** Of the DELETE: larger ones gain nothing, and hold the locks of more sessions' messages. */
const batch = 5_000;

interface Round {
  readonly partitionMs: number;
  /** Of the run, beside the day itself. */
  readonly sessionsMs: number;
  readonly sessions: number;
  readonly deleteMs: number;
  readonly vacuumMs: number;
}

/** Of two days with the same messages, both past their retention, one leaves by a retention run, one by DELETE. */
export const expiry: Figure = {
  name: 'expiry',
  title: 'Expiry of a day',
  needs: ['1M'],
  async measure(bench) {
    const [rounds, count] = bench.quick ? [1, 20_000] : [3, 330_000];
    const { url } = await bench.scratchDatabase();
    const first = Math.floor(Date.now() / dayMs) * dayMs - 40 * dayMs;
    const days = Array.from({ length: rounds * 2 }, (_, day) => new Date(first + day * dayMs));
    return withConnection(url, bench.stopping, async (client) => {
      await fillDays(client, bench, days, count);
      const measured: Round[] = [];
      for (let round = 0; round < rounds; round++) {
        const run = await expire(url, days[round * 2 + 1]!, count);
        measured.push({ ...run, ...(await deleteDay(client, days[round * 2 + 1]!, bench.stopping)) });
        const { partitionMs, deleteMs, vacuumMs } = measured.at(-1)!;
        bench.log(
          `  round ${round + 1}: ${partitionMs.toFixed(0)} ms, DELETE ${deleteMs.toFixed(0)} ms, VACUUM ${vacuumMs.toFixed(0)} ms`,
        );
      }
      return [resultOf(measured, count)];
    });
  },
};

/** DELETE leaves the space of its rows, which a dropped day does not: it is compared with the VACUUM that frees it. */
function resultOf(rounds: readonly Round[], count: number): FigureResult {
  const middle = (of: (round: Round) => number) => median(rounds.map(of));
  const ratioAlone = middle(({ deleteMs, partitionMs }) => deleteMs / partitionMs);
  return {
    what: `expiry of a day of ${count.toLocaleString('en')} messages`,
    value: middle(({ partitionMs }) => partitionMs),
    unit: 'ms',
    beside: {
      what: `DELETE of the same in batches of ${batch.toLocaleString('en')}, and the VACUUM after it`,
      value: middle(({ deleteMs, vacuumMs }) => deleteMs + vacuumMs),
    },
    ratio: middle(({ deleteMs, vacuumMs, partitionMs }) => (deleteMs + vacuumMs) / partitionMs),
    limit: { atLeast: 100 },
    note:
      `DELETE alone ${middle(({ deleteMs }) => deleteMs).toFixed(0)} ms, ${ratioAlone.toFixed(1)} times the run's; the sessions' rows, ` +
      `which either way are counted anew, ${middle(({ sessionsMs }) => sessionsMs).toFixed(0)} ms for ` +
      `${middle(({ sessions }) => sessions).toLocaleString('en')}; median of ${rounds.length}`,
  };
}

/** The same messages on every day, each day in sessions of its own. */
async function fillDays(client: pg.Client, bench: Bench, days: readonly Date[], count: number) {
  const [first] = days;
  for (const day of days) {
    await client.query('select make_chat_messages_partition($1::date)', [day.toISOString().slice(0, 10)]);
  }
  // As in a kept data set: the search index is built when the rows are there, in a tenth of the time.
  const { rows } = await client.query<{ definition: string }>(
    `select pg_get_indexdef('chat_messages_content_tsv_idx'::regclass) as definition`,
  );
  await client.query('drop index chat_messages_content_tsv_idx');
  const lines = Readable.from(copyChunks(spreadOver(first!, bench.rows('10M', 0, count), count)), {
    objectMode: false,
  });
  const into = client.query(copyFrom(`copy chat_messages (${copyColumns}) from stdin`));
  await pipeline(lines, into, { signal: bench.stopping });
  await client.query('alter table chat_messages disable trigger user');
  await client.query(`
    insert into chat_messages (${copyColumns}, content_tsv)
    select session_name || ' ' || day, created_at + day * interval '1 day', id, role, content, response_time_ms, agent_id,
           agent_name, status, metadata, content_tsv
    from chat_messages, generate_series(1, ${days.length - 1}) as day`);
  await client.query('alter table chat_messages enable trigger user');
  await client.query(rows[0]!.definition.replace('ON ONLY ', 'ON '));
  await client.query(sessionsFromMessages);
  await client.query('vacuum (analyze) chat_messages, chat_sessions');
  await client.query('checkpoint');
}

/** In their order, evenly over the day. */
function* spreadOver(day: Date, messages: Iterable<Message>, count: number): Generator<Message> {
  let place = 0;
  for (const message of messages) {
    yield { ...message, createdAt: new Date(day.getTime() + Math.floor((place++ / count) * dayMs)) };
  }
}

/** A retention run, step by step. */
async function expire(databaseUrl: string, cutoff: Date, count: number) {
  const store = openRetentionStore({
    databaseUrl,
    retentionDays: 30,
    applicationName: 'chat-history bench',
    logger: console,
  });
  try {
    // A worker has its connection, and the partitions ahead, long before.
    await store.expiredMessages.delete(new Date(0)).next();
    const startedAt = performance.now();
    let stepAt = startedAt;
    let partitionMs = NaN;
    let sessions = 0;
    for await (const step of store.expiredMessages.delete(cutoff)) {
      if (step.partitionsDropped) {
        if (step.messagesDeleted !== count) throw new Error('a day was dropped that has other messages');
        partitionMs = performance.now() - stepAt;
      }
      sessions += step.sessionsDeleted ?? 0;
      stepAt = performance.now();
    }
    return { partitionMs, sessions, sessionsMs: performance.now() - startedAt - partitionMs };
  } finally {
    await store.close();
  }
}

/** Only the day's own partition is asked, and rows are found where they lie, block after block: no DELETE in batches is faster. */
async function deleteDay(client: pg.Client, day: Date, stopping: AbortSignal) {
  const partition = `chat_messages_p${day.toISOString().slice(0, 10).replaceAll('-', '')}`;
  const deleteMs = await timeOf(async () => {
    // Each batch begins where the last one ended: else it would read all the dead rows before it again.
    let place: string | null = '(0,0)';
    while (place) {
      stopping.throwIfAborted();
      const { rows }: pg.QueryResult<{ place: string | null }> = await client.query(
        `with gone as (
           delete from ${partition}
           where ctid = any(array(select ctid from ${partition} where ctid > $1::tid limit ${batch}))
           returning ctid as place
         )
         select max(place) as place from gone`,
        [place],
      );
      place = rows[0]?.place ?? null;
    }
  });
  const vacuumMs = await timeOf(() => client.query(`vacuum ${partition}`));
  const { rowCount } = await client.query(`select from ${partition} limit 1`);
  if (rowCount) throw new Error('DELETE left messages of the day');
  // Else the next run would find them, too.
  await client.query(`drop table ${partition}`);
  await client.query('delete from chat_sessions where last_message_at < $1', [
    new Date(day.getTime() + dayMs),
  ]);
  return { deleteMs, vacuumMs };
}
