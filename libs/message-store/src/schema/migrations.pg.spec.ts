import { advisoryLocks } from '../advisory-locks.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { migrateDown, migrateUp, migrationStatus } from './migrate.js';
import { ShortenPendingLists1763800001000 } from './migrations/1763800001000-shorten-pending-lists.js';
import { migrations } from './migrations/index.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});
afterAll(() => database.drop());

/** Every object of ours, with the text that defines it. */
async function schema(): Promise<unknown[]> {
  return database.query(`
    select 'column' as kind, table_name || '.' || column_name as name,
           data_type || coalesce(column_default, '') || is_nullable as definition
      from information_schema.columns where table_schema = 'public' and table_name not like '%migrations'
    union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
      and tablename not like '%migrations'
    union all select 'function', proname, md5(prosrc) from pg_proc where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
    union all select 'trigger', tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select 'dictionary', dictname, dictinitoption from pg_ts_dict
      where dictnamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_ts_dict.oid and deptype = 'e')
    order by 1, 2, 3`);
}

async function fill(): Promise<void> {
  await database.query(`select make_chat_messages_partition(current_date)`);
  await database.query(`
    insert into chat_messages (session_name, created_at, id, role, content, status)
    select 's' || n % 7, current_date + n * interval '1 second', gen_random_uuid(), 'user', 'message ' || n, 'complete'
    from generate_series(1, 200) as n`);
}

describe('migrations', () => {
  it('go up, down to nothing and up again to the same schema on an empty database', async () => {
    expect(await migrateUp(database.url)).toHaveLength(migrations.length);
    const first = await schema();
    expect(first.length).toBeGreaterThan(30);
    await migrateDown(database.url, migrations.length);
    expect(await schema()).toEqual([]);
    await migrateUp(database.url);
    expect(await schema()).toEqual(first);
  });

  it('go down and up one by one on a filled database, and keep its messages as far as their table stays', async () => {
    await fill();
    const complete = await schema();
    for (let kept = migrations.length - 1; kept > 0; kept--) {
      await migrateDown(database.url, 1);
      expect(await database.query('select count(*)::int from chat_messages')).toEqual([{ count: 200 }]);
    }
    await migrateUp(database.url);
    expect(await schema()).toEqual(complete);
    expect(await database.query('select count(*)::int from chat_messages')).toEqual([{ count: 200 }]);
    await migrateDown(database.url, migrations.length);
    expect(await schema()).toEqual([]);
  });

  it('may be started twice at once', async () => {
    const ran = await Promise.all([migrateUp(database.url), migrateUp(database.url)]);
    expect(ran.flat()).toHaveLength(migrations.length);
    expect((await migrationStatus(database.url)).every((migration) => migration.applied)).toBe(true);
  });

  it('wait for another that runs, and no longer than they may', async () => {
    await database.query('select pg_advisory_lock($1)', [advisoryLocks.migration]);
    await expect(migrateUp(database.url, 700)).rejects.toThrow('another migration runs');
    const waiting = migrateUp(database.url);
    await database.query('select pg_advisory_unlock($1)', [advisoryLocks.migration]);
    await waiting;
  });

  it('keep the pending lists of words short, of days that were there and of those to come', async () => {
    await migrateUp(database.url);
    await fill();
    await migrateDown(database.url, migrations.length - migrations.indexOf(ShortenPendingLists1763800001000));
    await migrateUp(database.url);
    await database.query(`select make_chat_messages_partition(current_date + 1)`);
    expect(
      await database.query(`
        select distinct indexdef ~ 'gin_pending_list_limit=.?64' as is_short, count(*)::int
        from pg_indexes where indexname ~ '^chat_messages_p[0-9]+_content_tsv_idx$' group by 1`),
    ).toEqual([{ is_short: true, count: 2 }]);
  });
});
