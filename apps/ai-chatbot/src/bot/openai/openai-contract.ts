import { z } from 'zod';

/** What is read of a chunk of a streamed chat completion; everything else in it is ignored. */
export const openAiChunk = z.object({
  /** None in chunks that only count tokens or filter results. */
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
});
