import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openRetentionStore, type Message } from '@chat-history/message-store';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withConnection } from '../connection.mts';
import { copyChunks, copyColumns } from '../data/copy-text.mts';
import { sessionsFromMessages } from '../data/sessions-from-messages.mts';
import type { Bench, Figure } from '../figure.mts';
import { timeOf } from '../timing.mts';

const dayMs = 86_400_000;

/** Of the DELETE: larger ones gain nothing, and hold the locks of more sessions' messages. */
const batch = 5_000;

/** Of two days with the same messages, both past their retention, one leaves by a retention run, one by DELETE. */
export const expiry: Figure = {
  name: 'expiry',
  title: 'Expiry of a day',
  needs: ['1M'],
  async measure(bench) {
    const count = bench.quick ? 20_000 : 330_000;
    const { url } = await bench.scratchDatabase();
    const first = new Date(Math.floor(Date.now() / dayMs) * dayMs - 40 * dayMs);
    const second = new Date(first.getTime() + dayMs);
    return withConnection(url, bench.stopping, async (client) => {
      await fillTwoDays(client, bench, first, second, count);
      const run = await expire(url, second, count);
      bench.log(`  the run: ${run.partitionMs.toFixed(0)} ms for the day, ${run.ms.toFixed(0)} ms in all`);
      const deleteMs = await timeOf(() => deleteBatches(client, second, bench.stopping));
      const vacuumMs = await timeOf(() => client.query('vacuum chat_messages'));
      return [
        {
          what: `expiry of a day of ${count.toLocaleString('en')} messages`,
          value: run.partitionMs,
          unit: 'ms',
          beside: { what: `DELETE of the same, ${batch.toLocaleString('en')} a batch`, value: deleteMs },
          ratio: deleteMs / run.partitionMs,
          limit: { atLeast: 100 },
          note:
            `after DELETE a VACUUM of ${vacuumMs.toFixed(0)} ms gives the space back; the sessions' rows, which either way ` +
            `are counted anew, ${(run.ms - run.partitionMs).toFixed(0)} ms for ${run.sessions.toLocaleString('en')}`,
        },
      ];
    });
  },
};

async function fillTwoDays(client: pg.Client, bench: Bench, first: Date, second: Date, count: number) {
  for (const day of [first, second]) {
    await client.query('select make_chat_messages_partition($1::date)', [day.toISOString().slice(0, 10)]);
  }
  // As in a kept data set: the search index is built when the rows are there, in a tenth of the time.
  const { rows } = await client.query<{ definition: string }>(
    `select pg_get_indexdef('chat_messages_content_tsv_idx'::regclass) as definition`,
  );
  await client.query('drop index chat_messages_content_tsv_idx');
  const lines = Readable.from(copyChunks(spreadOver(first, bench.rows('10M', 0, count), count)), {
    objectMode: false,
  });
  const into = client.query(copyFrom(`copy chat_messages (${copyColumns}) from stdin`));
  await pipeline(lines, into, { signal: bench.stopping });
  await client.query('alter table chat_messages disable trigger user');
  await client.query(`
    insert into chat_messages (${copyColumns}, content_tsv)
    select session_name || ' again', created_at + interval '1 day', id, role, content, response_time_ms, agent_id,
           agent_name, status, metadata, content_tsv
    from chat_messages`);
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
    return { partitionMs, sessions, ms: performance.now() - startedAt };
  } finally {
    await store.close();
  }
}

async function deleteBatches(client: pg.Client, day: Date, stopping: AbortSignal): Promise<void> {
  for (let deleted: number | null = batch; deleted;) {
    stopping.throwIfAborted();
    ({ rowCount: deleted } = await client.query(
      `with batch as (
         select session_name, created_at, id from chat_messages where created_at >= $1 and created_at < $2 limit ${batch}
       )
       delete from chat_messages m using batch
       where m.session_name = batch.session_name and m.created_at = batch.created_at and m.id = batch.id
         and m.created_at >= $1 and m.created_at < $2`,
      [day, new Date(day.getTime() + dayMs)],
    ));
  }
}
