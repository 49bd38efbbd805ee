import type { ExportedMessage } from './exported-message.js';
import type { FileFormat } from './file-format.js';
import { zonedTime } from './zoned-time.js';

/** What a transcript says of itself at its beginning. */
export interface TranscriptHeading {
  readonly sessionName: string;
  /** An IANA name: of every time in it. */
  readonly timeZone: string;
  /** Included. */
  readonly from?: Date;
  /** Not included. */
  readonly to?: Date;
}

/** How a transcript is marked up. What it is given is on one line, but for the text of `said`. */
interface Markup {
  title(text: string): string;
  facts(facts: readonly string[]): string;
  day(date: string): string;
  said(time: string, who: string, notes: readonly string[], text: string): string;
}

/** A session for people to read, as plain text: what was said is indented, so that it is never taken for what was noted. */
export function textTranscript(heading: TranscriptHeading): FileFormat {
  return transcript(heading, {
    title: (text) => `${text}\n`,
    facts: (facts) => facts.map((fact) => `${fact}\n`).join(''),
    day: (date) => `\n--- ${date} ---\n`,
    said: (time, who, notes, text) => `\n${[`[${time}] ${who}`, ...notes].join(' - ')}\n${indented(text)}`,
  });
}

/** The same in Markdown (CommonMark). What was said is in fences, where nothing is markup. */
export function markdownTranscript(heading: TranscriptHeading): FileFormat {
  return transcript(heading, {
    title: (text) => `# ${escaped(text)}\n\n`,
    facts: (facts) => facts.map((fact) => `- ${escaped(fact)}\n`).join(''),
    day: (date) => `\n## ${date}\n`,
    said: (time, who, notes, text) =>
      `\n${[`**${time} ${escaped(who)}**`, ...notes.map((note) => `*${note}*`)].join(' - ')}\n\n${fenced(text)}`,
  });
}

function transcript({ sessionName, timeZone, from, to }: TranscriptHeading, markup: Markup): FileFormat {
  const timeOf = zonedTime(timeZone);
  let day = '';
  const facts = [
    ...(from ? [`From: ${timeOf(from.toISOString())}`] : []),
    ...(to ? [`Before: ${timeOf(to.toISOString())}`] : []),
    `Times: ${timeZone}`,
  ];
  return {
    head: markup.title(`Session ${oneLine(sessionName)}`) + markup.facts(facts),
    row(message: ExportedMessage): string {
      const [date = '', time = ''] = timeOf(message.created_at).split('T');
      const separator = date === day ? '' : markup.day(date);
      day = date;
      return separator + markup.said(time.slice(0, 8), whoSaid(message), notesOn(message), message.content);
    },
  };
}

function whoSaid({ role, agent_name: name, agent_id: id }: ExportedMessage): string {
  if (role === 'user') return 'Customer';
  if (role === 'assistant') return 'Bot';
  return `Agent ${oneLine(name ?? id ?? '')}`.trimEnd();
}

function notesOn({ status }: ExportedMessage): string[] {
  if (status === 'complete') return [];
  return [status === 'interrupted' ? 'interrupted: this is what came of it' : 'failed: there was no answer'];
}

function indented(text: string): string {
  return text === ''
    ? ''
    : linesOf(text)
        .map((line) => (line === '' ? '\n' : `    ${line}\n`))
        .join('');
}

/** Whatever some program ends a line at. */
const lineEnd = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

function linesOf(text: string): string[] {
  return text.split(lineEnd);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Any sign of ASCII may be escaped in Markdown, and no other one means anything. */
function escaped(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

/** Between fences that are longer than any that the text has. */
function fenced(text: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${linesOf(text).join('\n')}\n${fence}\n`;
}
