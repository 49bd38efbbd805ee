/** What is planted into every data set, by what a search for it has to deal with. Nothing else there contains it. */
export const terms = {
  /** In every message. */
  everyword: 'wexley',
  /** In one of a hundred messages each: a Latin word and a Chinese one of two characters. */
  latinPeer: 'hydrant',
  cjkPeer: '鲸鱼',
  /** In a dozen messages of the whole data set, evenly over its days. */
  rare: 'quixotry',
  rareCjk: '麒麟',
  rareCjkCharacter: '麒',
  code: 'ORD-20481632',
  codePart: '20481632',
  codePrefix: '2048163*',
  /** In one of eight messages, until twenty days before the newest day. */
  stopped: 'yuletide',
  /** In one of three messages of the oldest day. */
  onlyOldest: 'jubilee',
  /** Two words, in one of twelve messages each; in one of fifty side by side. */
  phraseThatMeets: '"white whale"',
  /** Two words, in one of ten messages each, and in one of a hundred both, but never side by side. */
  phraseThatNeverMeets: '"yellow hedgehog"',
  /** Among the most frequent words of their languages. */
  common: 'order',
  severalWords: 'refund delivery',
  prefix: 'deliv*',
  commonCjk: '退款',
  commonCjkCharacter: '的',
  negation: 'refund -delivery',
  email: 'quincy.hawthorne@mail.example',
  nowhere: 'xylophonist',
  severalNowhere: 'xylophonist or zymurgist or quodlibetarian',
  rareAgent: 'agent-quincy',
} as const;

/** How many messages hold what is rare, whatever the size: fewer than a page, so that every day is asked. */
export const rareMessages = 12;
