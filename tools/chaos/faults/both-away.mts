import type { Outage } from '../database.mts';
import type { Scenario } from '../scenario.mts';

const outages: readonly Outage[] = ['stopped', 'killed', 'paused'];

/** What was spooled while the database was away outlives the process, and is found by the next one. */
export const bothAway: Scenario = {
  name: 'both-away',
  fault: 'database down, chatbot killed, the chatbot back first',
  count: { full: 10, short: 1 },
  play: (stage, count) =>
    stage.underLoadAtFirst(async () => {
      for (let time = 0; time < count; time++) {
        await stage.pauseBetween(500, 1_000);
        await stage.database.goAway(outages[time % outages.length]!);
        await stage.pauseBetween(800, 2_000);
        const victims = time % 2 === 0 ? stage.replicas : [stage.replicas[Math.floor(stage.random() * 2)]!];
        await Promise.all(victims.map((victim) => victim.kill()));
        await Promise.all(victims.map((victim) => victim.start()));
        await stage.pauseBetween(500, 1_500);
        await stage.database.comeBack();
        await stage.pauseBetween(500, 1_000);
      }
    }),
};
