/** A page carries at most this much text; JSON of more would take seconds to make, send and show. */
export const maxPageBytes = 4 * 1_048_576;

/** What `rowsWithinBytes` adds to a row. */
export interface BudgetedRow {
  /** Of its content, in UTF-8. */
  bytes: number;
  /** How many rows there were before their bytes were counted. */
  found: number;
}

/**
 * The first of some rows, as many as fit into a number of bytes but at least one; texts that do not fit never leave
 * the database, nor are they read there (their size stands in the row).
 * @param rows a select with an order and a limit, whose rows have a `content`.
 * @param order the same order, by the names of its columns.
 * @param bytes the parameter that holds the number.
 */
export function rowsWithinBytes(rows: string, order: string, bytes: string): string {
  return `
    select *
    from (
      select m.*, sum(m.bytes) over (order by ${order}) as bytes_so_far, count(*) over ()::int as found
      from (select r.*, octet_length(r.content) as bytes from (${rows}) r) m
    ) m
    where bytes_so_far <= ${bytes} or bytes_so_far = bytes
    order by ${order}`;
}
