import type { Scenario } from '../scenario.mts';

/** Every so often both at once. */
const bothEvery = 5;

/** `kill -9` at random moments: what a client was told is in the history all the same. */
export const chatbotKilled: Scenario = {
  name: 'chatbot-killed',
  fault: 'kill -9 of ai-chatbot under load',
  count: { full: 50, short: 4 },
  play: (stage, count) =>
    stage.underLoadAtFirst(async () => {
      for (let kill = 0; kill < count;) {
        await stage.pauseBetween(300, 1_300);
        const replica = stage.replicas[Math.floor(stage.random() * 2)]!;
        const victims = kill % bothEvery === 3 && kill + 2 <= count ? stage.replicas : [replica];
        await Promise.all(victims.map((victim) => victim.kill()));
        kill += victims.length;
        await stage.pauseBetween(0, 300);
        await Promise.all(victims.map((victim) => victim.start()));
      }
    }),
};
