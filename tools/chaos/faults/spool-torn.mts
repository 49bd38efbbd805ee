import { randomBytes } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Replica } from '../replica.mts';
import type { Scenario } from '../scenario.mts';
import { settled } from '../settle.mts';
import type { Stage } from '../stage.mts';
import { askAll, longQuestions } from '../take-turns.mts';

/** How a file is torn; the log of changes beside it (-wal) is a file of its own. */
const tears = ['overwritten in the middle', 'cut in the middle', 'its log cut in the middle'] as const;
type Tear = (typeof tears)[number];

const tornTurns = 300;
const otherTurns = 20;
const overwrittenBytes = 65_536;
const noticedWithinMs = 30_000;
const lookIntervalMs = 200;

/** What a killed process left in its spool is damaged: the next one starts, keeps the file, and loses nothing else. */
export const spoolTorn: Scenario = {
  name: 'spool-torn',
  fault: 'spool file torn: overwritten, cut, its log cut',
  count: { full: tears.length, short: 1 },
  async play(stage, count) {
    for (const tear of tears.slice(0, count)) await tearOne(stage, tear);
  },
};

async function tearOne(stage: Stage, tear: Tear): Promise<void> {
  const { database, ledger } = stage;
  const replica = await stage.extraReplica(`chatbot-torn-${tears.indexOf(tear)}`);
  await replica.start();
  await askAll(stage, replica, longQuestions(otherTurns, 'before'));
  await settled([replica], noticedWithinMs, stage.stopping);
  await database.goAway('stopped');
  await askAll(stage, replica, longQuestions(tornTurns, 'torn'), { mayBeMissing: true });
  await replica.kill();
  await tearFile(replica.spoolDir, tear);

  await database.comeBack();
  await replica.start();
  await askAll(stage, replica, longQuestions(otherTurns, 'after'));
  // A log that ends early is to SQLite one whose last changes were never made.
  if (tear !== 'its log cut in the middle') await unreadableIsReported(stage, replica, tear);
  const waiting = await settled([replica], noticedWithinMs, stage.stopping);
  if (waiting) ledger.isBroken(`${tear}: ${waiting}`);
  await replica.terminate();
}

async function tearFile(spoolDir: string, tear: Tear): Promise<void> {
  const suffix = tear === 'its log cut in the middle' ? '.sqlite-wal' : '.sqlite';
  const name = (await readdir(spoolDir)).find((file) => file.endsWith(suffix));
  if (name === undefined) throw new Error(`the spool has no file that ends in ${suffix}`);
  const file = path.join(spoolDir, name);
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  try {
    const middle = Math.floor(size / 2);
    if (tear !== 'overwritten in the middle') await handle.truncate(middle);
    else await handle.write(randomBytes(Math.min(overwrittenBytes, size - middle)), 0, undefined, middle);
  } finally {
    await handle.close();
  }
}

async function unreadableIsReported(stage: Stage, replica: Replica, tear: Tear): Promise<void> {
  const { ledger } = stage;
  const deadline = Date.now() + noticedWithinMs;
  const counted = async () => (await replica.metrics()).get('chat_history_unreadable_spools_total') ?? 0;
  while ((await counted()) === 0 && Date.now() < deadline) await stage.pause(lookIntervalMs);
  if ((await counted()) === 0) ledger.isBroken(`${tear}: no metric says that the spool was unreadable`);
  const kept = (await readdir(replica.spoolDir)).filter((file) => file.includes('.unreadable-'));
  if (kept.length === 0) ledger.isBroken(`${tear}: the unreadable file was not kept`);
  if (!/"level":50/.test(await replica.log())) ledger.isBroken(`${tear}: no error in the log`);
}
