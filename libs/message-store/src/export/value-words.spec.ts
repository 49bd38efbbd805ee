import { foldedWord, isBooleanWord, isValueWord } from './value-words.js';

/** Those that Excel or LibreOffice come in, and ICU knows; Chinese, Japanese and Korean are written without spaces. */
const languages = (
  'af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt ' +
  'lv mk ml mn mr ms my nb ne nl nn pa pl pt ro ru si sk sl sq sr sr-Latn sv sw ta te th tr uk ur uz vi zh zh-Hant'
).split(' ');

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Dates and times of a language in the ways that it writes them. */
function valuesIn(language: string): string[] {
  const format = (options: Intl.DateTimeFormatOptions, times: readonly number[]) => {
    const { format: write } = new Intl.DateTimeFormat(language, {
      ...options,
      calendar: 'gregory',
      timeZone: 'UTC',
    });
    return times.map((time) => write(time));
  };
  const months = upTo(12).map((month) => Date.UTC(2026, month, 15));
  const days = upTo(7).map((day) => Date.UTC(2026, 1, day + 1));
  const halves = [3, 15].map((hour) => Date.UTC(2026, 1, 1, hour));
  return [
    ...(['long', 'short'] as const).flatMap((width) => [
      ...format({ month: width }, months),
      ...format({ month: width, day: 'numeric', year: 'numeric' }, months),
      ...format({ weekday: width }, days),
    ]),
    ...format({ hour: 'numeric', minute: 'numeric', hour12: true }, halves),
    ...format({ dateStyle: 'full', timeStyle: 'short' }, halves),
  ];
}

it.each(languages)('knows every word of a date or time of %s, in capitals too', (language) => {
  const words = valuesIn(language)
    .flatMap((value) => [value, value.toLocaleUpperCase(language)])
    .flatMap((value) => value.match(/\p{L}[\p{L}\p{M}]*/gu) ?? []);
  expect(words.length).toBeGreaterThan(0);
  expect([...new Set(words)].filter((word) => !isValueWord(foldedWord(word)))).toEqual([]);
});

it.each(['USD', 'eur', 'Kč', 'zł', 'руб', 'E', 'T', 'Z'])('knows %s', (word) => {
  expect(isValueWord(foldedWord(word))).toBe(true);
});

it.each(['TRUE', 'Falsch', 'FAŁSZ', 'ΑΛΗΘΗΣ', 'DOĞRU', 'ИСТИНА', '真', '거짓'])(
  'knows that %s is a boolean',
  (word) => {
    expect(isBooleanWord(foldedWord(word))).toBe(true);
  },
);

it.each(['hello', 'order', '退款', '退', '주문'])('leaves %s to people', (word) => {
  expect(isValueWord(foldedWord(word)) || isBooleanWord(foldedWord(word))).toBe(false);
});
