import { CreateChatMessages1763800000100 } from './1763800000100-create-chat-messages.js';
import { AddMessageSearch1763800000200 } from './1763800000200-add-message-search.js';
import { CreateAgents1763800000300 } from './1763800000300-create-agents.js';
import { CreateRetentionRuns1763800000400 } from './1763800000400-create-retention-runs.js';
import { CreateChatTurns1763800000500 } from './1763800000500-create-chat-turns.js';
import { MendMessageSearch1763800000600 } from './1763800000600-mend-message-search.js';
import { IndexRareMessages1763800000700 } from './1763800000700-index-rare-messages.js';
import { BoundContextInDays1763800000800 } from './1763800000800-bound-context-in-days.js';
import { IndexMessagesOfAgents1763800000900 } from './1763800000900-index-messages-of-agents.js';
import { ShortenPendingLists1763800001000 } from './1763800001000-shorten-pending-lists.js';
import { CreateExportJobs1763800001100 } from './1763800001100-create-export-jobs.js';
import { CountQuarterHours1763800001200 } from './1763800001200-count-quarter-hours.js';
import { CountOutagesOfExportJobs1763800001400 } from './1763800001400-count-outages-of-export-jobs.js';

/** In the order in which they run. A new one goes to the end, with a later timestamp. */
export const migrations = [
  CreateChatMessages1763800000100,
  AddMessageSearch1763800000200,
  CreateAgents1763800000300,
  CreateRetentionRuns1763800000400,
  CreateChatTurns1763800000500,
  MendMessageSearch1763800000600,
  IndexRareMessages1763800000700,
  BoundContextInDays1763800000800,
  IndexMessagesOfAgents1763800000900,
  ShortenPendingLists1763800001000,
  CreateExportJobs1763800001100,
  CountQuarterHours1763800001200,
  CountOutagesOfExportJobs1763800001400,
];
