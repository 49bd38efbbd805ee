export { accountRole, loginRequest, loginResponse, me } from './auth.contract.js';
export type { AccountRole, LoginRequest, LoginResponse, Me } from './auth.contract.js';
export { chatProblem, chatRequest, chatResponse, chatStreamSession } from './chat.contract.js';
export type {
  ChatProblem,
  ChatRequest,
  ChatResponse,
  ChatStreamDelta,
  ChatStreamSession,
} from './chat.contract.js';
export { idempotencyKey } from './idempotency-key.contract.js';
export { agentMessageRequest, chatMessage } from './message.contract.js';
export type { AgentMessageRequest, ChatMessage, MessageRole, MessageStatus } from './message.contract.js';
export { maxQueryCharacters, searchPage, searchQuery, segment } from './search.contract.js';
export type {
  HitCount,
  MessageFilter,
  RankedHits,
  SearchHit,
  SearchOrder,
  SearchPage,
  SearchQuery,
  Segment,
} from './search.contract.js';
export { sessionListPage, sessionListQuery } from './session-list.contract.js';
export type { ChatSession, SessionListPage, SessionListQuery } from './session-list.contract.js';
export { sessionName, sessionNameParams } from './session-name.contract.js';
export type { SessionName } from './session-name.contract.js';
export { transcriptPage, transcriptQuery } from './transcript.contract.js';
export type { TranscriptPage, TranscriptQuery } from './transcript.contract.js';
export { statistics, statisticsQuery } from './statistics.contract.js';
export type {
  Statistics,
  StatisticsInterval,
  StatisticsQuery,
  StatisticsTotals,
} from './statistics.contract.js';
export { exportQuery } from './export.contract.js';
export type { ExportFormat, ExportOrder, ExportQuery } from './export.contract.js';
export {
  exportJob,
  exportJobListQuery,
  exportJobPage,
  exportJobParams,
  exportJobRequest,
} from './export-job.contract.js';
export type {
  ExportJob,
  ExportJobListQuery,
  ExportJobPage,
  ExportJobParams,
  ExportJobRequest,
  ExportJobStatus,
  ExportManifest,
} from './export-job.contract.js';
export { problem, tookTooLong, tooManyRows } from './problem.contract.js';
export type { FieldFault, Problem } from './problem.contract.js';
export { health } from './health.contract.js';
export type { Health } from './health.contract.js';
