import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What statistics need of a closed UTC quarter-hour, counted once: figures that add up, so that 30 days are a sum of
 * 2,880 rows and not a look at ten million messages. See docs/decisions/0013.
 */
export class CountQuarterHours1763800001200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Counts of sessions do not add up by themselves: one that was there before is to be counted once. So beside them
    // stands when those sessions were last there before the quarter; likewise of questions that it answers late.
    await runner.query(`
      create table statistics_quarters (
        quarter_start        timestamptz   not null constraint statistics_quarters_pkey primary key,
        user_count           integer       not null,
        assistant_count      integer       not null,
        agent_count          integer       not null,
        interrupted_count    integer       not null,
        failed_count         integer       not null,
        new_session_count    integer       not null,
        response_count       integer       not null,
        response_sum_ms      bigint        not null,
        session_count        integer       not null,
        returned_count       integer       not null,
        returned_since       timestamptz,
        returned             timestamptz[] not null,
        agent_session_count  integer       not null,
        agent_returned_count integer       not null,
        agent_returned_since timestamptz,
        agent_returned       timestamptz[] not null,
        open_turn_count      integer       not null,
        late_answered_count  integer       not null,
        late_answered_since  timestamptz,
        late_answered        timestamptz[] not null,
        response_buckets     smallint[]    not null,
        response_counts      integer[]     not null,
        agents               jsonb         not null
      )`);

    // Of days whose 96 quarters are counted: what is long in a quarter's row, summed. Made from those rows alone.
    await runner.query(`
      create table statistics_days (
        day_start        timestamptz not null constraint statistics_days_pkey primary key,
        response_buckets smallint[]  not null,
        response_counts  integer[]   not null,
        agents           jsonb       not null
      )`);

    // No key: two writers of late messages of one quarter never wait for each other, and neither mark is lost.
    await runner.query(`
      create table statistics_marks (
        quarter_start timestamptz not null,
        marked_at     timestamptz not null default now()
      )`);
    await runner.query(`create index statistics_marks_quarter_start_idx on statistics_marks (quarter_start)`);
    await runner.query(createQuartersOf);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function statistics_quarters_of(text[], timestamptz[])`);
    await runner.query(`drop table statistics_marks`);
    await runner.query(`drop table statistics_days`);
    await runner.query(`drop table statistics_quarters`);
  }
}

const quarterOf = (moment: string) => `date_bin('15 minutes', ${moment}, '2000-01-01 00:00:00+00')`;

const nextOf = (condition: string) => `
          (select m.created_at from chat_messages m
           where m.session_name = said.name and m.created_at >= said.quarter_end
             and m.created_at >= $3 and m.created_at < $4 and ${condition}
           order by m.created_at, m.id
           limit 1)`;

/**
 * The closed quarters whose figures messages change that come late: their own, and the one in which their session's next
 * message is, or next answer or question, or next message of an agent; for these the late one is now the last before.
 * Goes forward in windows with bounds of their own, so that few partitions are planned and locked, however many there are.
 */
const createQuartersOf = `
  create function statistics_quarters_of(names text[], times timestamptz[]) returns setof timestamptz
    language plpgsql strict as $$
  declare
    closed      timestamptz := ${quarterOf(`now() - interval '1 minute'`)};
    window_from timestamptz;
    window_to   timestamptz;
    last_at     timestamptz;
  begin
    return query select distinct ${quarterOf('said_at')} from unnest(times) as said_at;

    select min(${quarterOf('said_at')}) + interval '15 minutes', max(session.last_message_at)
      into window_from, last_at
      from unnest(names, times) as said (name, said_at)
      join chat_sessions session on session.session_name = said.name;
    while window_from < closed and window_from <= last_at loop
      window_to := least(window_from + interval '10 days', closed);
      return query execute $sql$
        select distinct ${quarterOf('next.created_at')}
        from (select distinct name, ${quarterOf('said_at')} + interval '15 minutes' as quarter_end
              from unnest($1, $2) as late (name, said_at)) as said
        cross join lateral (
          ${nextOf('true')}
          union all
          ${nextOf(`m.role = 'agent'`)}
          union all
          ${nextOf(`(m.role = 'user' or m.status = 'complete')`)}
        ) as next
        $sql$ using names, times, window_from, window_to;
      window_from := window_to;
    end loop;
  end $$`;
