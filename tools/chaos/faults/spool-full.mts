import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { askAll, longQuestions } from '../take-turns.mts';
import { settled } from '../settle.mts';
import type { Scenario } from '../scenario.mts';

/** The least that a service accepts. */
const maxBytes = 1_048_576;
const settlesWithinMs = 60_000;

/** Database down and the spool full: the chat answers, says what it cannot promise, and keeps it in memory. */
export const spoolFull: Scenario = {
  name: 'spool-full',
  fault: 'spool full, database down',
  count: { full: 500, short: 200 },
  async play(stage, turns) {
    const { database, ledger } = stage;
    const replica = await stage.extraReplica('chatbot-full', {
      CHAT_HISTORY_SPOOL_MAX_BYTES: String(maxBytes),
    });
    await replica.start();
    await database.goAway('stopped');
    await askAll(stage, replica, longQuestions(turns, 'full'));
    const metrics = await replica.metrics();
    const undurable = metrics.get('chat_history_undurable_total') ?? 0;
    const spoolBytes = metrics.get('chat_history_spool_bytes') ?? 0;
    ledger.note(
      `${undurable} of ${turns * 2} messages found the spool full: it holds ${spoolBytes} bytes of messages ` +
        `in ${await bytesIn(replica.spoolDir)} on the disk`,
    );
    if (undurable === 0) ledger.isBroken('no metric says that the spool is full');
    if (spoolBytes > maxBytes) ledger.isBroken(`the spool holds ${spoolBytes} bytes, more than it may`);
    const health = await replica.health();
    if (health.httpStatus !== 200) ledger.isBroken(`health says ${health.httpStatus} when the spool is full`);
    if (health.isUp('spool')) ledger.isBroken('health does not say that the spool is full');
    if (!/"level":50/.test(await replica.log()))
      ledger.isBroken('no error in the log says that the spool is full');

    await database.comeBack();
    const waiting = await settled([replica], settlesWithinMs, stage.stopping);
    if (waiting) ledger.isBroken(waiting);
    await replica.terminate();
  },
};

async function bytesIn(directory: string): Promise<number> {
  const files = await readdir(directory);
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(directory, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
