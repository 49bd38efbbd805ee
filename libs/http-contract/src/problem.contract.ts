import { z } from 'zod';

const fieldFault = z.object({ field: z.string(), message: z.string() });
/** One fault of the input: the field (dotted path) and what it must be. Never the value. */
export type FieldFault = z.infer<typeof fieldFault>;

/** An error as RFC 9457 has it, with the id under which the service's log knows the request. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    request_id: z.string().optional(),
    errors: z.array(fieldFault).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

/** The `type` of a problem whose `detail` says how to narrow what was asked. */
export const tookTooLong = '/problems/took-too-long';

/** The `type` of a problem about an export of more rows than are streamed: it can be made as a job. */
export const tooManyRows = '/problems/too-many-rows';
