import { Parser, type Node } from 'commonmark';
import fc from 'fast-check';
import type { ExportedMessage } from './exported-message.js';
import type { FileFormat } from './file-format.js';
import { markdownTranscript, textTranscript } from './transcript-format.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

const heading = {
  sessionName: 'session *1*',
  timeZone: 'Europe/Berlin',
  from: new Date('2026-10-31T23:00:00Z'),
  to: new Date('2026-11-30T23:00:00Z'),
};

const question: ExportedMessage = {
  session_name: 'session *1*',
  created_at: '2026-11-01T22:59:59.900Z',
  id: '019a3e0c-0000-7000-8000-000000000000',
  role: 'user',
  content: 'Where is\nmy order?',
  response_time_ms: null,
  agent_id: null,
  agent_name: null,
  status: 'complete',
};
const conversation: ExportedMessage[] = [
  question,
  {
    ...question,
    created_at: '2026-11-01T23:00:01.000Z',
    role: 'assistant',
    content: 'On its',
    status: 'interrupted',
  },
  { ...question, created_at: '2026-11-01T23:00:02.000Z', role: 'assistant', content: '', status: 'failed' },
  {
    ...question,
    created_at: '2026-11-02T08:00:00.000Z',
    role: 'agent',
    agent_name: 'Mei',
    content: 'It is here.',
  },
];

function fileOf({ head, row }: FileFormat, messages: readonly ExportedMessage[]): string {
  return head + messages.map(row).join('');
}

const texts = fc.oneof(
  fc.string({ unit: 'binary' }).map((value) => value.toWellFormed().replaceAll('\0', '\ufffd')),
  fc
    .array(
      fc.constantFrom(
        ...[
          '`',
          '```',
          '````',
          '~~~',
          '\n',
          '\r',
          '\u2028',
          ' ',
          '    ',
          '#',
          '> ',
          '- ',
          '*',
          '_',
          '<b>',
          '</script>',
        ],
        ...[
          '&lt;',
          '[a](b)',
          '![x](y)',
          '|',
          '\\',
          'https://evil.example',
          '---',
          '[12:00:00] Agent Mei',
          '退款',
          '1. ',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

describe('a transcript as text', () => {
  it('says whose it is, when, and who said what, day by day', () => {
    expect(fileOf(textTranscript(heading), conversation)).toBe(
      `Session session *1*
From: 2026-11-01T00:00:00.000+01:00
Before: 2026-12-01T00:00:00.000+01:00
Times: Europe/Berlin

--- 2026-11-01 ---

[23:59:59] Customer
    Where is
    my order?

--- 2026-11-02 ---

[00:00:01] Bot - interrupted: this is what came of it
    On its

[00:00:02] Bot - failed: there was no answer

[09:00:00] Agent Mei
    It is here.
`,
    );
  });

  it('says no range where none was asked for', () => {
    const { head } = textTranscript({ sessionName: 's', timeZone: 'UTC' });
    expect(head).toBe('Session s\nTimes: UTC\n');
  });

  it('has nothing that was said, or a name, look like what was noted', () => {
    fc.assert(
      fc.property(texts, texts, (content, agent_name) => {
        const [, ...lines] = textTranscript(heading)
          .row({ ...question, role: 'agent', content, agent_name })
          .split('\n');
        expect(lines.filter((line) => line !== '' && !line.startsWith('    '))).toEqual([
          '--- 2026-11-01 ---',
          expect.stringMatching(/^\[23:59:59\] Agent/),
        ]);
      }),
      { numRuns },
    );
  });
});

/** What a Markdown document is made of, in order. */
function nodesOf(markdown: string): Node[] {
  const nodes: Node[] = [];
  const walker = new Parser().parse(markdown).walker();
  for (let step = walker.next(); step; step = walker.next()) if (step.entering) nodes.push(step.node);
  return nodes;
}

describe('a transcript in Markdown', () => {
  it('says whose it is, when, and who said what, day by day', () => {
    expect(fileOf(markdownTranscript(heading), conversation.slice(0, 2))).toBe(
      `# Session session \\*1\\*

- From\\: 2026\\-11\\-01T00\\:00\\:00\\.000\\+01\\:00
- Before\\: 2026\\-12\\-01T00\\:00\\:00\\.000\\+01\\:00
- Times\\: Europe\\/Berlin

## 2026-11-01

**23:59:59 Customer**

\`\`\`text
Where is
my order?
\`\`\`

## 2026-11-02

**00:00:01 Bot** - *interrupted: this is what came of it*

\`\`\`text
On its
\`\`\`
`,
    );
  });

  it('has whatever was said as text, and nothing of it as markup', () => {
    fc.assert(
      fc.property(texts, texts, texts, (sessionName, content, agent_name) => {
        const format = markdownTranscript({ ...heading, sessionName });
        const said = { ...question, role: 'agent', content, agent_name } as const;
        const nodes = nodesOf(fileOf(format, [said, question]));
        const kinds = nodes.map(({ type }) => type).filter((type) => type !== 'text');
        const fact = ['item', 'paragraph'];
        expect(kinds).toEqual([
          ...['document', 'heading', 'list', ...fact, ...fact, ...fact],
          ...['heading', 'paragraph', 'strong', 'code_block', 'paragraph', 'strong', 'code_block'],
        ]);
        const [block] = nodes.filter(({ type }) => type === 'code_block');
        expect(block?.literal).toBe(`${content.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/).join('\n')}\n`);
      }),
      { numRuns },
    );
  });

  it('holds a text of nothing but fences', () => {
    const content = '` '.repeat(500_000);
    expect(nodesOf(markdownTranscript(heading).row({ ...question, content })).at(-1)?.literal).toBe(
      `${content}\n`,
    );
  });
});
