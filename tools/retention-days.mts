import { UsageError } from './command.mts';

/** The days of CHAT_HISTORY_RETENTION_DAYS, as the services read them. @throws UsageError */
export function retentionDays(): number {
  const days = Number(process.env['CHAT_HISTORY_RETENTION_DAYS'] || '30');
  if (!Number.isInteger(days) || days < 1) {
    throw new UsageError('CHAT_HISTORY_RETENTION_DAYS must be a whole number of days, 1 or more');
  }
  return days;
}
