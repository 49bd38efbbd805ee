import { z } from 'zod';
import { rangeIsForward, rangeIsForwardFault, rangeShape, timeZone } from './query-parts.js';

const statisticsInterval = z.enum(['hour', 'day', 'week']);
export type StatisticsInterval = z.infer<typeof statisticsInterval>;

/** Without `from` it begins at the retention cutoff, without `to` it ends now. */
export const statisticsQuery = z
  .strictObject({ ...rangeShape, time_zone: timeZone, interval: statisticsInterval.default('day') })
  .refine(rangeIsForward, rangeIsForwardFault);
export type StatisticsQuery = z.infer<typeof statisticsQuery>;

const count = z.int().nonnegative();

const countsByRole = z.object({ user: count, assistant: count, agent: count });

/** `mean` in milliseconds, null when no message has a response time. */
const responseTimes = z.object({ count, mean: z.number().nonnegative().nullable() });

/** In milliseconds, within 2%; null when no message has a response time. */
const percentile = z.number().nonnegative().nullable();

/** Answers are messages of assistants and agents. */
const totals = z.object({
  sessions: count,
  new_sessions: count,
  agent_sessions: count,
  messages: count,
  by_role: countsByRole,
  by_agent: z.array(
    z.object({ agent_id: z.string().nullable(), agent_name: z.string().nullable(), messages: count }),
  ),
  unanswered_turns: count,
  interrupted_answers: count,
  failed_answers: count,
  response_time_ms: responseTimes.extend({ p50: percentile, p90: percentile, p99: percentile }),
});
export type StatisticsTotals = z.infer<typeof totals>;

/**
 * `series` holds every interval of the range up to now, also those without a message. `hour_of_week` counts messages by
 * day, Monday first, and by hour of the time zone. `previous` is of the period of equal length before the range;
 * `is_cut` says that messages of it are past their retention, so that its figures are of less time.
 */
export const statistics = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    time_zone: z.string(),
    interval: statisticsInterval,
    ...totals.shape,
    series: z.array(
      z.object({
        start: z.iso.datetime(),
        ...countsByRole.shape,
        new_sessions: count,
        interrupted_answers: count,
        failed_answers: count,
        response_time_ms: responseTimes,
      }),
    ),
    hour_of_week: z.array(z.array(count).length(24)).length(7),
    previous: z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      is_cut: z.boolean(),
      ...totals.shape,
    }),
  })
  .meta({ id: 'Statistics' });
export type Statistics = z.infer<typeof statistics>;
