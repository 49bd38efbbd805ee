import type { Figure } from './figure.mts';
import { alternatives } from './figures/alternatives.mts';
import { beside } from './figures/beside.mts';
import { expiry } from './figures/expiry.mts';
import { exports } from './figures/exports.mts';
import { jobs } from './figures/jobs.mts';
import { count, search } from './figures/search.mts';
import { sessionList } from './figures/session-list.mts';
import { statistics } from './figures/statistics.mts';
import { transcript } from './figures/transcript.mts';
import { writes } from './figures/writes.mts';

/** In the order in which they are measured and shown. */
export const figures: readonly Figure[] = [
  writes,
  sessionList,
  transcript,
  search,
  count,
  statistics,
  alternatives,
  exports,
  jobs,
  expiry,
  beside,
];
