/** A page carries at most this much text; JSON of more would take seconds to make, send and show. */
export const maxPageBytes = 4 * 1_048_576;

/**
 * The first items of a page, as many as its two bounds allow, but at least one.
 * @param fetched one item more than `limit` when there are more.
 * @returns the items, and whether any were left out.
 */
export function withinPageBudget<Item>(
  fetched: readonly Item[],
  limit: number,
  contentOf: (item: Item) => string,
): { items: Item[]; hasMore: boolean } {
  const items: Item[] = [];
  let bytes = 0;
  for (const item of fetched.slice(0, limit)) {
    bytes += Buffer.byteLength(contentOf(item));
    if (items.length > 0 && bytes > maxPageBytes) break;
    items.push(item);
  }
  return { items, hasMore: items.length < fetched.length };
}
