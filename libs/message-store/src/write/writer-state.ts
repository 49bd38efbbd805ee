/** How the message writer is doing. Totals count messages since the process began. */
export interface WriterState {
  /** False from a failed write to the next one that succeeds. */
  readonly databaseIsUp: boolean;
  /** False while the spool cannot be opened, is full or hangs: then a database that is away costs durability. */
  readonly spoolIsUsable: boolean;
  /** Messages in memory that neither the database nor the spool has. */
  readonly bufferedMessages: number;
  readonly bufferedBytes: number;
  /** Messages in the spool, those of earlier processes included. */
  readonly spooledMessages: number;
  readonly spoolBytes: number;
  readonly acceptedTotal: number;
  /** Confirmed by the database without the way through the spool. */
  readonly committedTotal: number;
  /** Messages that went to the spool. */
  readonly spooledTotal: number;
  /** Messages that the database took from the spool, those of earlier processes included. */
  readonly replayedTotal: number;
  /** Messages in the spool that were past their retention before the database was back: dropped. */
  readonly expiredTotal: number;
  /** Kept in the set-aside file because the database refused the row itself. */
  readonly setAsideTotal: number;
  /** Messages whose savers were told that they are not safe (NotDurableError); they may have been stored since. */
  readonly undurableTotal: number;
  /** Kept nowhere. Anything but zero needs a person. */
  readonly lostTotal: number;
  /** Writes that failed and were tried again. */
  readonly retriesTotal: number;
  /** Files of the spool that could not be read and were kept under another name, for a person to look at. */
  readonly unreadableSpoolsTotal: number;
}
