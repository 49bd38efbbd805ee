import fc from 'fast-check';

/** Words of support chats and everything in them that has ever been read wrongly, by kind. */
const words = {
  english: ['refund', 'Refunds', 'refunded', 'refunding', 'ship', 'shipping', 'Batteries', 'battery', 'happy', 'organisation', 'organise', 'the', 'who', 'or', 'user', 'use', 'used', 'relational', 'dying', 'die', 'news', 'lens', 'lenses', 'mapping', 'settings', 'added', 'THE'],
  accents: ['café', 'cafe\u0301', 'cafe', 'Fahrräder', 'fahrrader', 'Straße', 'STRASSE', 'straße', 'naïve', 'Ærø', 'œuvre', 'Łódź', 'smørrebrød', 'İstanbul', 'istanbul', 'ISTANBUL', 'ısı', 'Đà', 'Nẵng', 'ﬁre', 'ﬀ', 'x\u0301', 'co\u00adoperate', 'cooperate', 'z\u0335'],
  wide: ['ｒｅｆｕｎｄ', 'ＯＲＤ－１２３', '１２３', 'ｶﾞｿﾘﾝ', 'ガソリン', 'ﾊﾝｶｸ', 'Ａ①㍿', '½', '²', '™', '№5'],
  cjk: ['退', '款', '退款', '要退款', '我要退款', '退款申请', '申请', '退退', '退退退', '退款退款', '電池', 'D4S電池', 'D4S电池组', '了D4S', '人々', '〇一', '時々', '々', '〆切', 'コーヒー', 'ーヒ', 'ー', 'カ゛', '退\u0301', 'か\u0301か', 'aﾞか', '\u3099か', 'か\u3099', 'が', 'すし・テンプラ', '환불', '환불해', '주세요', '\u1112\u1161\u11ab', '𠮷野家', '𠮷', '葛\u{e0100}城', '葛城', '㐀', '豈', '﨑'],
  codes: ['ORD-12345', 'ord-12345', 'ord 12345', '12345', '-12345', '123', '3e8c9d', '3E8', '1e5', '12e', '5e', '0x1f', '12.5', '1,250.00', 'v1.2.3', '2026-11-20', '20.11.2026', '+49 (0)30 123-45', '030/12345', 'A-1', 'a1b2', 'SN:00-11-22', '१२३', '٣٤٥', '१e5', '#77', '1st', '5th'],
  addresses: ['ann.lee@shop.example.com', 'Ann_Lee@example.com', 'https://example.com/returns/2026?id=77&x=%20y#top', 'www.example.com', 'example.com', 'ftp://a-b.c/d_e', 'C:\\temp\\a.txt', '/etc/hosts', '10.0.0.1', '2001:db8::1'],
  markup: ['<b>', '</b>', '<refund>', '&amp;', '&#39;', 'a<b', 'x>y', '<!--', "don't", 'don’t', "'s", 'o\u02bcneil', "o'neil", 'snake_case_name', '_', '__init__', 'a|b', 'a&b', '!', ':*', '\\', '%', '$1'],
  scripts: ['Спасибо', 'спасибо', 'ёлка', 'елка', 'за\u0301мок', 'замок', 'Йод', 'йод', 'ΟΔΟΣ', 'οδός', 'οδος', 'Ὀδυσσεύς', 'استرداد', 'اِسْتِرْدَاد', 'اســترداد', 'المال', 'वापस', 'पैसे', 'की', 'क', 'हिन्दी', 'ขอเงินคืน', 'เงิน', 'שלום', 'ქართული', 'Հայերեն'],
  signs: ['😀', '❤️', '👨‍👩‍👧', '1️⃣', '🇩🇪', '—', '…', '。', '，', '、', '「', '」', '『', '』', '《书》', '！', '\u200b', '\u200d', '\u00a0', '\u3000', '\ufeff', '\u202d', '\x07', '\u0301', '\u0338', '\u093e', '\ud800', '\0', '\u{10ffff}'],
}; // prettier-ignore

const word = fc.oneof(...Object.values(words).map((kind) => fc.constantFrom(...kind)));
const gap = fc.constantFrom(' ', ' ', ' ', '', '', '-', '，', '. ', '\n', '/', "'", '"');

/** Words with anything between them, nothing included: CJK then touches Latin, and a code another. */
export const messageText = fc
  .array(fc.tuple(word, gap), { minLength: 1, maxLength: 7 })
  .map((pieces) => pieces.flat().join(''))
  .map((text) => text.toWellFormed().replaceAll('\0', '\ufffd'))
  .filter((text) => text.length <= 240);

/** The beginning of a word, in characters. */
const beginning = fc
  .tuple(word, fc.nat(12))
  .map(([text, length]) => Array.from(text).slice(0, length + 1).join('')); // prettier-ignore

const item = fc
  .record({
    minus: fc.constantFrom('', '', '', '-', '－'),
    text: fc.oneof(
      { weight: 4, arbitrary: word },
      { weight: 2, arbitrary: beginning.map((text) => `${text}*`) },
      { weight: 2, arbitrary: fc.tuple(word, gap, word).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.tuple(word, gap, beginning).map((parts) => `${parts.join('')}＊`) },
      { weight: 2, arbitrary: fc.tuple(word, gap, word, gap, word).map((parts) => parts.join('')) },
    ),
    quote: fc.constantFrom('', '', '', '""', '“”', '「」', '„“', '『』', '"', '«»'),
  })
  .map(({ minus, text, quote }) => `${minus}${quote[0] ?? ''}${text}${quote[1] ?? ''}`);

/** Items with operators between, right and wrong ones. */
export const queryText = fc
  .array(fc.tuple(item, fc.constantFrom(' ', ' ', ' ', ' or ', ' OR ', '\u3000', '')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.flat().join(''));
