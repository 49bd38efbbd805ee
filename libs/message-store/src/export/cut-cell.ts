/** What a cell of Excel holds, in UTF-16 code units. */
const maxCellCharacters = 32_767;

/** A cell that Excel holds: the rest is cut off, with a mark that says so. */
export function cutCell(cell: string): string {
  if (cell.length <= maxCellCharacters) return cell;
  const mark = `… [cut: ${cell.length} characters]`;
  return cell.slice(0, maxCellCharacters - mark.length).replace(/[\ud800-\udbff]$/, '') + mark;
}
