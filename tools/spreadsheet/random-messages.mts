import fc from 'fast-check';

/** The texts of a message, which anybody may have typed. */
export interface TypedMessage {
  readonly session_name: string;
  readonly content: string;
  readonly agent_id: string;
  readonly agent_name: string;
}

const known = (
  '=1+1|+1|-1|@SUM(A1)|＝1|＋1|－1|＠x|00123|1-2|1E5|1,5E+3|TRUE|true|WAHR|VRAI|真|3/4|1 3/4|12:30|12:30:01.5|5 PM|50%|Jan 5|5 Jan|' +
  '5. Januar 2026|5 janvier 2026|28. Nov.|2026-11-28|28.11.2026|28/11/26|2026年11月28日|11月28日|平成30年1月2日|H30.1.2|午後5時30分|$5|5 €|' +
  '¥100|USD 5|1.234,56|1 234,56|1,234.56|１２３|１２：３０|٣٤|#N/A|#DIV/0!|2026-11-28T08:00:00Z|(5)|1e|.5|5.|0x1F|1_000|½|-|' +
  "'|'=1|''1|'TRUE|\"=1\"|\"1\"| 1|1 |\t1|\ufeff|\ufeff1|\u200b=1|退款|我要退款 ORD-1|😀|👩‍👩‍👧‍👦 5|1😀|hello|May|may 5|5 may be|Sat"
).split('|');

const piece = fc.constantFrom(
  ...'0|1|5|12|28|30|99|2026|00123|/|-|.|,|:| |  |\u00a0|\u202f|%|‰|e|E|+|(|)|$|€|£|¥|＝|=|@|#|\'|"|“|T|Z|AM|pm|１|２|：|／|年|月|日|時'.split(
    '|',
  ),
  ...'Jan|january|Januar|janv.|févr.|März|Mai|août|Dez|déc.|Nov|十一月|TRUE|false|FALSCH|FAUX|上午|午後|平成|令和|R|H|N/A|REF!|\ufeff|\n|\r\n'.split(
    '|',
  ),
);
const likeValues = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''));
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 40 });

const typed = fc
  .oneof(
    fc.constantFrom(...known),
    { arbitrary: likeValues, weight: 4 },
    digits,
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.tuple(fc.constantFrom('退款', '我要 ', '😀', 'order '), likeValues).map((parts) => parts.join('')),
  )
  // What PostgreSQL holds.
  .map((text) => text.toWellFormed().replaceAll('\0', '\ufffd'));

const message = fc.record({ session_name: typed, content: typed, agent_id: typed, agent_name: typed });

/** Each known text is there, as are random ones; the same for the same seed. */
export function randomMessages(count: number, seed: number): TypedMessage[] {
  const plain = { session_name: 'session', agent_id: '', agent_name: 'Mei' };
  const all = known.map((content) => ({ ...plain, content, agent_id: content }));
  return [...all, ...fc.sample(message, { numRuns: count, seed })];
}
