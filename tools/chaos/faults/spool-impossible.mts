import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { askAll, longQuestions } from '../take-turns.mts';
import { settled } from '../settle.mts';
import type { Scenario } from '../scenario.mts';

const settlesWithinMs = 60_000;

/** No spool can be made (its directory would lie beneath a regular file): the chat works, and says so. */
export const spoolImpossible: Scenario = {
  name: 'spool-impossible',
  fault: 'spool path impossible, database down',
  count: { full: 200, short: 50 },
  async play(stage, turns) {
    const { database, folder, ledger } = stage;
    const file = path.join(folder, 'a-regular-file');
    await writeFile(file, '');
    const replica = await stage.extraReplica('chatbot-no-spool', {
      CHAT_HISTORY_SPOOL_DIR: path.join(file, 'spool'),
    });
    await replica.start();
    await askAll(stage, replica, longQuestions(turns, 'without a spool'));
    if ((await replica.health()).isUp('spool')) ledger.isBroken('health does not say that there is no spool');
    await database.goAway('stopped');
    await askAll(stage, replica, longQuestions(turns, 'without anything'));
    const health = await replica.health();
    if (health.httpStatus !== 200) ledger.isBroken(`health says ${health.httpStatus} without a spool`);
    const undurable = (await replica.metrics()).get('chat_history_undurable_total') ?? 0;
    ledger.note(
      `${undurable} of ${turns * 2} messages were neither in the database nor on disk when answered`,
    );
    if (undurable < turns * 2)
      ledger.isBroken(`only ${undurable} of ${turns * 2} messages are counted as undurable`);
    if (!/"level":50/.test(await replica.log()))
      ledger.isBroken('no error in the log says that there is no spool');

    await database.comeBack();
    const waiting = await settled([replica], settlesWithinMs, stage.stopping);
    if (waiting) ledger.isBroken(waiting);
    await replica.terminate();
  },
};
