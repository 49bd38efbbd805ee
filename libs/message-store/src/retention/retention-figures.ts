/** What a run deleted, or what a dry run says that it would. */
export interface RetentionFigures {
  /** Names of the daily partitions, whole. */
  readonly partitionsDropped: readonly string[];
  /** With those of the partitions. */
  readonly messagesDeleted: number;
  /** Sessions of which no message is left. */
  readonly sessionsDeleted: number;
  /** What had to wait for somebody else's transaction, each with the reason; a later run does it. */
  readonly postponed: readonly string[];
}

export const noFigures: RetentionFigures = {
  partitionsDropped: [],
  messagesDeleted: 0,
  sessionsDeleted: 0,
  postponed: [],
};

export function addFigures(sum: RetentionFigures, step: Partial<RetentionFigures>): RetentionFigures {
  return {
    partitionsDropped: [...sum.partitionsDropped, ...(step.partitionsDropped ?? [])],
    messagesDeleted: sum.messagesDeleted + (step.messagesDeleted ?? 0),
    sessionsDeleted: sum.sessionsDeleted + (step.sessionsDeleted ?? 0),
    postponed: [...sum.postponed, ...(step.postponed ?? [])],
  };
}
