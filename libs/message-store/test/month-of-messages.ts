import type { TestDatabase } from '../src/testing.js';
import { utcDay } from '../src/utc-day.js';

/** Messages of the month, a few every minute. */
const monthMessages = 100_000;

/** Every fiftieth message is of this session, which lasts the whole month; the others have twelve each. */
export const longSession = 'session that lasts';

/**
 * Fills a database with a month of messages that ends at `end`, and its sessions; analysed and vacuumed. Texts are made of
 * - `everywhere`: in each message; `onlyold`: in each of the oldest day, and in no other; `common`, `often`: in every
 *   third and every second; `rareword`: in every 10,000th; ORD-77012: in every 5,000th; 我要退款: in every seventh;
 * - `agent-7` said every 20,000th, every 15,000th is `failed`.
 */
export async function fillMonth(database: TestDatabase, end: Date): Promise<void> {
  await database.query(`alter table chat_messages disable trigger user`);
  await database.query(
    `select make_chat_messages_partition($1::date - days) from generate_series(-2, 31) as days`,
    [utcDay(end)],
  );
  await database.query(insertMonth, [end]);
  await database.query(`alter table chat_messages enable trigger user`);
  await database.query(insertSessions);
  await database.query(`vacuum analyze chat_messages`);
  await database.query(`vacuum analyze chat_sessions`);
}

/** Few texts are many messages: each is indexed once. */
const insertMonth = `
  with said as materialized (
    select n,
           $1::timestamptz - interval '30 days' + interval '1 hour'
             + n * (interval '29 days 23 hours' / ${monthMessages}) as created_at
    from generate_series(1, ${monthMessages}) as n
  ), worded as materialized (
    select n, created_at,
           'everywhere'
           || case when n % 3 = 0 then ' common' else '' end
           || case when n % 2 = 0 then ' often' else '' end
           || case when n % 7 = 0 then ' 我要退款' else '' end
           || case when n % 10000 = 77 then ' rareword' else '' end
           || case when n % 5000 = 33 then ' ORD-77012' else '' end
           || case when created_at < $1::timestamptz - interval '29 days' then ' onlyold' else '' end
           || ' word' || n % 20 as content
    from said
  ), indexed as materialized (
    select content, chat_search_vector(content) as content_tsv from (select distinct content from worded) text
  )
  insert into chat_messages (session_name, created_at, id, role, content, content_tsv, agent_id, agent_name, status)
  select case when n % 50 = 0 then '${longSession}' else 'session ' || (n / 120 * 10 + n % 10) end,
         created_at,
         (lpad(to_hex((extract(epoch from created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
           || '8' || substr(md5(n::text), 4, 15))::uuid,
         case when n % 20000 = 5 then 'agent' when n % 2 = 0 then 'user' else 'assistant' end,
         content, content_tsv,
         case when n % 20000 = 5 then 'agent-7' end, case when n % 20000 = 5 then 'Seven' end,
         case when n % 15000 = 9 then 'failed' else 'complete' end
  from worded
  join indexed using (content)
  order by n`;

const insertSessions = `
  insert into chat_sessions (session_name, started_at, first_message_at, last_message_at, last_message_id, last_role,
                             last_message_preview, message_count, user_count, assistant_count, agent_count)
  select session_name, min(created_at), min(created_at), max(created_at),
         (array_agg(id order by created_at desc))[1], (array_agg(role order by created_at desc))[1],
         (array_agg(content order by created_at desc))[1], count(*), count(*) filter (where role = 'user'),
         count(*) filter (where role = 'assistant'), count(*) filter (where role = 'agent')
  from chat_messages
  group by session_name`;
