import { foldedWord, isBooleanWord, isValueWord } from './value-words.js';

/**
 * What makes a spreadsheet run a cell: an operator or `@` at its beginning, in any of the widths that Excel reads as
 * one, also behind spaces, quotes or invisible characters that some programs drop; a tab or line break that moves what
 * follows to the beginning of a cell. See OWASP, "CSV Injection".
 */
const runs = /^(?:[\s\p{C}"'“”‘’＂＇`]*[=+\-@＝＋－＠﹦﹢﹣﹫]|'*[\t\r\n])/u;

/** `#N/A` and its like, in any language. */
const isError = /^[\s\p{C}"'“”‘’＂＇`]*[#＃][\p{L}\p{N}/_]+[!?！？]?\s*$/u;

/** Letters in a row; Chinese, Japanese and Korean apart from others, which may follow without a space. */
const word =
  /[\p{sc=Han}\p{sc=Hangul}]+|[\p{L}--[\p{sc=Han}\p{sc=Hangul}]][[\p{L}\p{M}]--[\p{sc=Han}\p{sc=Hangul}]]*/gv;

/**
 * A cell's text as a spreadsheet shows it, and neither runs it nor reads it as anything but text: with an apostrophe ahead
 * if it would. A text that has apostrophes there of its own gets one more, so that taking one away always gives the
 * text back.
 */
export function inertCell(text: string): string {
  return isPlain(text) || !(runs.test(text) || isReadAsValue(text)) ? text : `'${text}`;
}

/** Sessions have such names; nothing reads one as a value, though it may have no letter but an e. */
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Most texts begin with a word that no value has; this is the short way to see it, and knows only some of them. */
function isPlain(text: string): boolean {
  if (text.length === 36 && uuid.test(text)) return true;
  const code = text.charCodeAt(0);
  let end = 1;
  if (isAsciiLetter(code)) {
    while (isAsciiLetter(text.charCodeAt(end))) end++;
    // Another letter makes it another word.
    if (text.charCodeAt(end) > 127) return false;
  } else if (!isHanOrKana(code)) return false;
  const first = text.slice(0, end).toLowerCase();
  return !isValueWord(first) && !isBooleanWord(first);
}

/** One is enough: a word of them is one of a value only if each is. */
function isHanOrKana(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa)
  );
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

/**
 * Whether some program, in some language, reads it as a number, date, time, amount, boolean or error: when it has a digit
 * and no word besides those of such values, whatever signs stand between. That is more than any program does.
 */
function isReadAsValue(text: string): boolean {
  let hasBoolean = false;
  word.lastIndex = 0;
  for (let found = word.exec(text); found; found = word.exec(text)) {
    const folded = foldedWord(found[0]);
    if (isBooleanWord(folded)) hasBoolean = true;
    else if (!isValueWord(folded)) return isError.test(text);
  }
  return hasBoolean || /\p{N}/u.test(text) || isError.test(text);
}
