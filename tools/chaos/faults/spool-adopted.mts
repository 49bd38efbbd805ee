import path from 'node:path';
import type { Replica } from '../replica.mts';
import type { Scenario } from '../scenario.mts';
import { settled } from '../settle.mts';
import type { Stage } from '../stage.mts';
import { askAll, longQuestions } from '../take-turns.mts';

const turns = 100;
/** A service looks for what others left when it starts, and every 30 s. */
const adoptedWithinMs = 60_000;
const lookIntervalMs = 200;

/** What a process that never comes back left in a shared directory is taken over: by the next one, or by a neighbour. */
export const spoolAdopted: Scenario = {
  name: 'spool-adopted',
  fault: 'spool left by a killed process for another',
  // The short form has a killed process find its own.
  count: { full: 4, short: 0 },
  async play(stage, count) {
    for (let time = 0; time < count; time++) await leaveSpool(stage, time, time % 2 === 1);
  },
};

/** @param hasNeighbour the other one is there already, with messages of its own in the same directory. */
async function leaveSpool(stage: Stage, time: number, hasNeighbour: boolean): Promise<void> {
  const { database, folder, ledger } = stage;
  const directory = { CHAT_HISTORY_SPOOL_DIR: path.join(folder, `shared-spool-${time}`) };
  const [left, heir] = await Promise.all([
    stage.extraReplica(`chatbot-left-${time}`, directory),
    stage.extraReplica(`chatbot-heir-${time}`, directory),
  ]);
  await left.start();
  if (hasNeighbour) await heir.start();
  await database.goAway('killed');
  await Promise.all([
    askAll(stage, left, longQuestions(turns, 'left behind')),
    ...(hasNeighbour ? [askAll(stage, heir, longQuestions(turns, 'of the neighbour'))] : []),
  ]);
  await left.kill();
  if (!hasNeighbour) await heir.start();
  const deadline = Date.now() + adoptedWithinMs;
  const toAdopt = turns * 2 * (hasNeighbour ? 2 : 1);
  while ((await spooledIn(heir)) < toAdopt && Date.now() < deadline) await stage.pause(lookIntervalMs);
  const adopted = await spooledIn(heir);
  if (adopted !== toAdopt) ledger.isBroken(`${adopted} messages are in the spool instead of ${toAdopt}`);

  await database.comeBack();
  const waiting = await settled([heir], adoptedWithinMs, stage.stopping);
  if (waiting) ledger.isBroken(waiting);
  await heir.terminate();
}

async function spooledIn(replica: Replica): Promise<number> {
  return (await replica.metrics()).get('chat_history_spooled_messages') ?? 0;
}
