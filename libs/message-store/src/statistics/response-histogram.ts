/**
 * Response times are kept as counts of buckets whose bounds grow by this factor, so that those of many quarter-hours add
 * up, and a percentile is within half of it, 2%, of the true one. 0 ms is a bucket of its own.
 */
const growth = 1.04;

/** SQL: the bucket of a number of milliseconds. Bucket n holds those from growth^(n-1) up to growth^n. */
export function bucketOf(milliseconds: string): string {
  return `(case when ${milliseconds} = 0 then 0
                else floor(ln(${milliseconds}::float8) / ln(${growth}::float8)) + 1 end)::smallint`;
}

/** How many response times there are of each bucket. */
export type ResponseHistogram = ReadonlyMap<number, number>;

export function sumOfHistograms(histograms: readonly ResponseHistogram[]): ResponseHistogram {
  const sum = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

/**
 * The least response time that so great a share of all does not exceed, within 2%; null when there is none.
 * @param share above 0, up to 1.
 */
export function percentileOf(histogram: ResponseHistogram, share: number): number | null {
  const buckets = [...histogram].sort(([one], [other]) => one - other);
  const count = buckets.reduce((sum, [, ofBucket]) => sum + ofBucket, 0);
  const rank = Math.ceil(count * share);
  let passed = 0;
  for (const [bucket, ofBucket] of buckets) {
    passed += ofBucket;
    if (passed >= rank) return middleOf(bucket);
  }
  return null;
}

/** The number as far, by its ratio, from the least as from the greatest whole number of the bucket. */
function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const least = Math.ceil(growth ** (bucket - 1));
  const greatest = Math.ceil(growth ** bucket) - 1;
  return (2 * least * greatest) / (least + greatest);
}
