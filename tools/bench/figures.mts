import type { Figure } from './figure.mts';

/** In the order in which they are measured and shown. */
export const figures: readonly Figure[] = [];
