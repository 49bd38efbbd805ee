/** At most `length` UTF-16 code units from the start, never half a character. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const beginning = text.slice(0, length);
  return beginning.isWellFormed() || !text.isWellFormed() ? beginning : text.slice(0, length - 1);
}
