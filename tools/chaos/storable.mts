/** What of a text can be kept (design: NUL and lone surrogates become U+FFFD, everything else stays). */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
