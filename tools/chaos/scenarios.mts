import { bothAway } from './faults/both-away.mts';
import { botFaults } from './faults/bot-faults.mts';
import { chatbotKilled } from './faults/chatbot-killed.mts';
import { chatbotStopped } from './faults/chatbot-stopped.mts';
import { clientGone } from './faults/client-gone.mts';
import { databaseKilled, databasePaused, databaseStopped } from './faults/database-away.mts';
import { hostileTexts } from './faults/hostile-texts.mts';
import { spoolAdopted } from './faults/spool-adopted.mts';
import { spoolFull } from './faults/spool-full.mts';
import { spoolImpossible } from './faults/spool-impossible.mts';
import { spoolTorn } from './faults/spool-torn.mts';
import { latency } from './latency.mts';
import type { Scenario } from './scenario.mts';

/** In the order in which they are played. */
export const scenarios: readonly Scenario[] = [
  chatbotKilled,
  chatbotStopped,
  databaseStopped,
  databaseKilled,
  databasePaused,
  bothAway,
  spoolAdopted,
  spoolFull,
  spoolImpossible,
  spoolTorn,
  clientGone,
  botFaults,
  hostileTexts,
  latency,
];
