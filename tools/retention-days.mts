import { storeConfig } from '@chat-history/service-shell';
import { UsageError } from './command.mts';

/**
 * The days of CHAT_HISTORY_RETENTION_DAYS by the services' own reading: by another, an import would keep what they hide.
 * @throws UsageError
 */
export function retentionDays(): number {
  const text = process.env['CHAT_HISTORY_RETENTION_DAYS'] || undefined;
  const { data, error } = storeConfig.CHAT_HISTORY_RETENTION_DAYS.safeParse(text);
  if (error) throw new UsageError(`CHAT_HISTORY_RETENTION_DAYS ${error.issues[0]?.message}`);
  return data;
}
