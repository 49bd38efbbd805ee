import type { Hit } from './find-hits.js';

/** A piece of a message's text; `hit` where the query matched it. Text, never HTML. */
export interface Segment {
  readonly text: string;
  readonly hit: boolean;
}

/** The most that the segments of one message hold together, in UTF-16 units. */
export const maxExcerptLength = 240;

/** How much of what was said before the first hit is shown, if there is as much. */
const leadLength = 60;
/** How far an edge moves to stand between two words. */
const wordReach = 24;
const ellipsis = '…';
/** What an excerpt holds when both ends are cut. */
const roomLength = maxExcerptLength - 2 * ellipsis.length;
/** From the first hit that an excerpt is made for to the last. */
const stretchLength = roomLength - leadLength;

/**
 * The part of a message in which the most phrases of the query are found, the earliest of equals; without a hit the
 * message's beginning. It is the message's own text; `…` at an end tells that the message goes on there, and is the
 * only character added.
 * @param hits every place where the message matches, in order.
 */
export function hitSegments(content: string, hits: readonly Hit[]): Segment[] {
  const [start, end] = excerpt(content, bestHits(hits));
  const segments: Segment[] = [];
  let at = start;
  for (const hit of hits) {
    const from = Math.max(hit.start, at);
    const to = Math.min(hit.end, end);
    if (from >= to) continue;
    add(segments, content.slice(at, from), false);
    add(segments, content.slice(from, to), true);
    at = to;
  }
  add(segments, content.slice(at, end), false);
  if (start > 0) segments.unshift({ text: ellipsis + takeText(segments, 0), hit: false });
  if (end < content.length) segments.push({ text: takeText(segments, -1) + ellipsis, hit: false });
  return segments;
}

/** Hits that touch or overlap become one segment. */
function add(segments: Segment[], text: string, hit: boolean): void {
  const last = segments.at(-1);
  if (text === '') return;
  if (last?.hit === hit) segments[segments.length - 1] = { text: last.text + text, hit };
  else segments.push({ text, hit });
}

/** Removes the first (0) or last (-1) segment if it is plain text, and gives that text. */
function takeText(segments: Segment[], at: 0 | -1): string {
  if (segments.at(at)?.hit !== false) return '';
  return (at === 0 ? segments.shift() : segments.pop())?.text ?? '';
}

/** The hits of the stretch, short enough for one excerpt, that holds the most different phrases. */
function bestHits(hits: readonly Hit[]): readonly Hit[] {
  let best = { from: 0, to: 0, phrases: 0 };
  const counts = new Map<number, number>();
  let from = 0;
  for (const [index, hit] of hits.entries()) {
    counts.set(hit.phrase, (counts.get(hit.phrase) ?? 0) + 1);
    for (
      let out = hits[from];
      out && out !== hit && hit.end - out.start > stretchLength;
      out = hits[++from]
    ) {
      const left = (counts.get(out.phrase) ?? 0) - 1;
      if (left > 0) counts.set(out.phrase, left);
      else counts.delete(out.phrase);
    }
    if (counts.size > best.phrases || from === best.from) {
      best = { from, to: index + 1, phrases: counts.size };
    }
  }
  return hits.slice(best.from, best.to);
}

/** Where the excerpt begins and ends: around the hits, with room for an ellipsis at each end, between words if it can be. */
function excerpt(content: string, hits: readonly Hit[]): [start: number, end: number] {
  if (content.length <= maxExcerptLength) return [0, content.length];
  const firstHit = hits[0]?.start ?? 0;
  const wanted = Math.min(Math.max(0, firstHit - leadLength), content.length - roomLength);
  const start = wanted === 0 ? 0 : edgeAfter(content, wanted, firstHit);
  const limit = start + roomLength;
  if (limit >= content.length) return [start, content.length];
  const lastHit = Math.min(Math.max(firstHit, ...hits.map((hit) => hit.end)), limit);
  return [start, edgeBefore(content, start, Math.max(lastHit, start + 1), limit)];
}

/** The first place between two words from `at` to `latest`, if there is one near; else between two graphemes. */
function edgeAfter(content: string, at: number, latest: number): number {
  const until = Math.min(latest, at + wordReach);
  const begin = wholeCharacter(content, Math.max(0, at - 2 * wordReach));
  return edges(content, begin, at, until).at(0) ?? wholeCharacter(content, at);
}

/** The last place between two words from `earliest` to `at`, if there is one near; else between two graphemes. */
function edgeBefore(content: string, start: number, earliest: number, at: number): number {
  const from = Math.max(earliest, at - wordReach);
  return edges(content, start, from, at).at(-1) ?? wholeCharacter(content, at);
}

const segmenters = (['word', 'grapheme'] as const).map(
  (granularity) => new Intl.Segmenter('und', { granularity }),
);

/** The edges from `from` to `to`. What is before `begin` is not looked at: segmenting needs some context, not all. */
function edges(content: string, begin: number, from: number, to: number): number[] {
  const part = content.slice(begin, wholeCharacter(content, Math.min(content.length, to + wordReach)));
  for (const segmenter of segmenters) {
    const found = Array.from(segmenter.segment(part), ({ index }) => begin + index);
    const near = found.filter((edge) => edge > begin && edge >= from && edge <= to);
    if (near.length > 0) return near;
  }
  return [];
}

/** The same place, or one unit earlier if it is inside a surrogate pair. */
function wholeCharacter(content: string, at: number): number {
  const inPair = (content.codePointAt(at - 1) ?? 0) > 0xffff;
  return inPair ? at - 1 : at;
}
