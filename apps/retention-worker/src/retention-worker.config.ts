import { port, shellConfig, storeConfig } from '@chat-history/service-shell';
import { validateCronExpression } from 'cron';
import { z } from 'zod';

export const retentionWorkerConfig = z.object({
  ...shellConfig,
  DATABASE_URL: storeConfig.DATABASE_URL,
  CHAT_HISTORY_RETENTION_DAYS: storeConfig.CHAT_HISTORY_RETENTION_DAYS,
  /** When the clean-up runs, as a cron expression of five fields (six with seconds), in the zone `TZ`. */
  CHAT_HISTORY_RETENTION_CRON: z
    .string()
    .max(100)
    .refine((expression) => validateCronExpression(expression).valid, {
      error: 'must be a cron expression such as 0 3 * * *',
    })
    .default('0 3 * * *'),
  /** Where health and metrics are served. */
  WORKER_PORT: port(3003),
});
export type RetentionWorkerConfig = Readonly<z.infer<typeof retentionWorkerConfig>>;
