/**
 * What makes a spreadsheet run a cell: an operator or `@` at its beginning, in any of the widths that Excel reads as
 * one, also behind spaces, quotes or invisible characters that some programs drop; a tab or line break that moves what
 * follows to the beginning of a cell. See OWASP, "CSV Injection".
 */
const runs = /^(?:[\s\p{C}"'“”‘’＂＇`]*[=+\-@＝＋－＠﹦﹢﹣﹫]|'*[\t\r\n])/u;

/**
 * A cell's text as a spreadsheet shows it and does not run it: with an apostrophe ahead if it would. A text that has
 * apostrophes there of its own gets one more, so that taking one away always gives the text back.
 */
export function inertCell(text: string): string {
  return runs.test(text) ? `'${text}` : text;
}
