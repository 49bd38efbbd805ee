import type { SheetCell } from './flat-sheet.mts';
import type { TypedMessage } from './random-messages.mts';

/** Where the columns stand whose text anybody may have typed. */
const columns = { session_name: 0, content: 4, agent_id: 6, agent_name: 7 } as const;

/** Cells that are no text, or another text than was typed, an apostrophe ahead aside. `rows` has the header, too. */
export function differences(
  messages: readonly TypedMessage[],
  rows: readonly (readonly SheetCell[])[],
): string[] {
  if (rows.length < messages.length + 1)
    return [`there are ${rows.length} rows for ${messages.length} messages`];
  return messages.flatMap((message, index) => {
    const row = rows[index + 1] ?? [];
    const values = row.flatMap((cell, column) =>
      cell.isText ? [] : [`row ${index + 2}, column ${column + 1} is no text: ${JSON.stringify(cell.text)}`],
    );
    const others = Object.entries(columns).flatMap(([name, column]) => {
      const typed = comparable(message[name as keyof typeof columns]);
      const shown = comparable(row[column]?.text ?? '');
      return shown === typed || shown === `'${typed}`
        ? []
        : [`row ${index + 2}: ${JSON.stringify(typed)} is shown as ${JSON.stringify(shown)}`];
    });
    return [...values, ...others];
  });
}

/**
 * Without what is not ours to keep: LibreOffice makes every end of a line one, and leaves out tabs in texts of several
 * lines; XML cannot hold most control characters.
 */
function comparable(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[[\p{Cc}\ufffe\uffff]--\n]/gv, '');
}
