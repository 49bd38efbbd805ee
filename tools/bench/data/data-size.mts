/** How many messages a data set has. */
export const dataSizes = { '100k': 100_000, '1M': 1_000_000, '10M': 10_000_000 } as const;

export type DataSize = keyof typeof dataSizes;
