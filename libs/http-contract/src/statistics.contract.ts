import { z } from 'zod';
import { rangeIsForward, rangeIsForwardFault, rangeShape, timeZone } from './query-parts.js';

export const statisticsInterval = z.enum(['hour', 'day', 'week']);
export type StatisticsInterval = z.infer<typeof statisticsInterval>;

/** Without `from` it begins at the retention cutoff, without `to` it ends now. */
export const statisticsQuery = z
  .strictObject({ ...rangeShape, time_zone: timeZone, interval: statisticsInterval.default('day') })
  .refine(rangeIsForward, rangeIsForwardFault);
export type StatisticsQuery = z.infer<typeof statisticsQuery>;

const countsByRole = z.object({
  user: z.int().nonnegative(),
  assistant: z.int().nonnegative(),
  agent: z.int().nonnegative(),
});

/** `mean` in milliseconds, null when no message has a response time. `series` holds each interval with a message. */
export const statistics = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    time_zone: z.string(),
    interval: statisticsInterval,
    sessions: z.int().nonnegative(),
    messages: z.int().nonnegative(),
    by_role: countsByRole,
    response_time_ms: z.object({ count: z.int().nonnegative(), mean: z.number().nonnegative().nullable() }),
    series: z.array(z.object({ start: z.iso.datetime(), ...countsByRole.shape })),
  })
  .meta({ id: 'Statistics' });
export type Statistics = z.infer<typeof statistics>;
