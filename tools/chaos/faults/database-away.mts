import type { Outage } from '../database.mts';
import type { Scenario } from '../scenario.mts';

/** The full run's outages, in seconds; the longest is the issue's. */
const outagesS: Readonly<Record<Outage, readonly number[]>> = {
  stopped: [1, 2, 4, 7, 12, 18, 25, 35, 45, 60],
  killed: [1, 1, 2, 2, 3, 5, 8, 10, 15, 20],
  paused: [1, 1, 2, 2, 3, 5, 8, 10, 15, 20],
};
const shortOutageS = 2;
/** The bot takes 200 ms, the ledger's question at most 150, durability 250 on disk; the rest is for a busy machine. */
const slowestAnswerMs = 5_000;

export const databaseStopped = away('stopped', 'database stopped 1 to 60 s');
export const databaseKilled = away('killed', 'database killed (-9)');
export const databasePaused = away('paused', 'database paused (SIGSTOP): connections hang');

/** The database goes away under load: no client notices, and everything is there afterwards. */
function away(outage: Outage, fault: string): Scenario {
  return {
    name: `database-${outage}`,
    fault,
    count: { full: 10, short: 1 },
    async play(stage, count) {
      const { database, ledger } = stage;
      await stage.underLoad(async () => {
        for (let time = 0; time < count; time++) {
          await stage.pauseBetween(500, 1_500);
          await database.goAway(outage);
          await stage.pause((count === 1 ? shortOutageS : outagesS[outage][time % 10]!) * 1_000);
          await database.comeBack();
        }
        await stage.pauseBetween(500, 1_500);
      });
      if (ledger.unanswered.length > 0) {
        ledger.isBroken(`${ledger.unanswered.length} turns were not answered although no chatbot was away`);
      }
      ledger.note(`the slowest answer took ${ledger.slowestAnswerMs} ms`);
      if (ledger.slowestAnswerMs > slowestAnswerMs) ledger.isBroken('a chat waited for its history');
    },
  };
}
