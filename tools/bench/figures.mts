import type { Figure } from './figure.mts';
import { alternatives } from './figures/alternatives.mts';
import { count, search } from './figures/search.mts';
import { sessionList } from './figures/session-list.mts';
import { transcript } from './figures/transcript.mts';

/** In the order in which they are measured and shown. */
export const figures: readonly Figure[] = [sessionList, transcript, search, count, alternatives];
