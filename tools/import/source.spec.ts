import type { Message } from '@chat-history/message-store';
import { UsageError } from '../command.mts';
import type { Column } from './own-message.mts';
import { RowFault } from './row-fault.mts';
import { openSource, type Format } from './source.mts';
import { TimeZone } from './time-zone.mts';

interface Wishes {
  readonly names?: [Column, string][];
  readonly zone?: string;
  readonly fromLine?: number;
}

/** Messages, and faults as `line N: column reason`. */
async function read(format: Format, file: string | Buffer, { names, zone, fromLine }: Wishes = {}) {
  async function* chunks() {
    yield Buffer.from(file);
  }
  const options = {
    format,
    names: new Map(names),
    timeZone: new TimeZone(zone ?? 'UTC'),
    fromLine: fromLine ?? 1,
  };
  const source = openSource(chunks(), options);
  const messages: Message[] = [];
  const faults: string[] = [];
  for await (const { line, value } of source.rows) {
    if (value instanceof RowFault) faults.push(`line ${line}: ${value.column ?? ''} ${value.message}`);
    else messages.push(value);
  }
  return { messages, faults, notes: source.notes() };
}

const faultsOf = async (format: Format, file: string | Buffer) => (await read(format, file)).faults;

const header = 'session_name,created_at,id,role,content,response_time_ms,agent_id,agent_name,status,metadata';
/** Of 10:00:00.000, and of 123 ms later. */
const id = '01a22198-ed00-7000-8000-00000000000a';
const fullId = '01a22198-ed7b-7000-8000-00000000000a';
const ofItsTime = 'must be a UUID of version 7 whose millisecond is created_at';
const full: Message = {
  sessionName: '会话 1',
  createdAt: new Date('2026-11-28T10:00:00.123Z'),
  id: fullId,
  role: 'agent',
  content: 'line 1\r\nline "2"',
  responseTimeMs: 0,
  agentId: 'a-1',
  agentName: '',
  status: 'interrupted',
  metadata: { note: '1,"2"' },
};
const fullRow = `会话 1,2026-11-28T10:00:00.123Z,${fullId},agent,"line 1\r\nline ""2""",0,a-1,"",interrupted,"{""note"": ""1,\\""2\\""""}"`;
const bareRow = `s,2026-11-28T10:00:00.000Z,${id},user,"",,,,complete,`;
const bare: Message = {
  ...{ sessionName: 's', createdAt: new Date('2026-11-28T10:00:00Z'), id, role: 'user', content: '' },
  ...{ responseTimeMs: null, agentId: null, agentName: null, status: 'complete', metadata: null },
};
const bareJson = { session_name: 's', created_at: '2026-11-28T10:00:00.000Z', id, role: 'user', content: '', response_time_ms: null, agent_id: null, agent_name: null, status: 'complete', metadata: null }; // prettier-ignore

describe('an export as csv-raw', () => {
  it('is read as it was written, nothing apart from empty text', async () => {
    const { messages, faults } = await read('csv-raw', `${header}\r\n${fullRow}\r\n${bareRow}\r\n`);
    expect(faults).toEqual([]);
    expect(messages).toEqual([full, bare]);
  });

  it.each([
    ['"",2026-11-28T10:00:00.000Z', 'session_name must have 1 to 255 characters'],
    [',2026-11-28T10:00:00.000Z', 'session_name is missing'],
    [
      'a/b,2026-11-28T10:00:00.000Z',
      'session_name must not contain control characters, "/", "\\" or lone surrogates',
    ],
    ['s,2026-11-28T10:00:00Z', 'created_at must be as in 2026-11-28T10:00:00.000Z'],
    ['s,2026-02-29T10:00:00.000Z', 'created_at must be as in 2026-11-28T10:00:00.000Z'],
  ])('has a fault where a row begins with %s', async (start, fault) => {
    const row = bareRow.replace('s,2026-11-28T10:00:00.000Z', start);
    expect(await faultsOf('csv-raw', `${header}\n${row}\n${bareRow}`)).toEqual([`line 2: ${fault}`]);
  });

  it.each([
    [`${id},customer,x,,,,complete,`, 'role must be user, assistant, agent'],
    [`1,user,x,,,,complete,`, `id ${ofItsTime}`],
    [`${id.replace('-7', '-4')},user,x,,,,complete,`, `id ${ofItsTime}`],
    [`${fullId},user,x,,,,complete,`, `id ${ofItsTime}`],
    [`${id},user,,,,,complete,`, 'content is missing'],
    [`${id},user,x,-1,,,complete,`, 'response_time_ms must be a whole number of milliseconds'],
    [`${id},user,x,,,,done,`, 'status must be complete, interrupted, failed'],
    [`${id},user,x,,,,,`, 'status is missing'],
    [`${id},user,x,,,,complete,[1]`, 'metadata must be a JSON object'],
    [`${id},user,x,,,,complete,123456789012345678901`, 'metadata must be a JSON object'],
    [`${id},user,x,,,,complete,{`, 'metadata is no JSON'],
    [`${id},user,x,,,,complete`, ' it has not as many columns as the header'],
    [`${id},user,${'款'.repeat(349_526)},,,,complete,`, 'content takes more than 1 MiB of UTF-8'],
    [
      `${id},user,x,,,,complete,"{""a"":""${'x'.repeat(1_048_576)}""}"`,
      'metadata takes more than 1 MiB of UTF-8',
    ],
  ])('has a fault where a row ends with %#', async (rest, fault) => {
    const row = `s,2026-11-28T10:00:00.000Z,${rest}`;
    expect(await faultsOf('csv-raw', `${header}\n${row}\n${bareRow}`)).toEqual([`line 2: ${fault}`]);
  });

  it('has a fault that names the column where a field is no UTF-8', async () => {
    const row = Buffer.concat([Buffer.from(`${header}\ns,2026-11-28T10:00:00.000Z,${id},user,"`), Buffer.from([0xe9]), Buffer.from('",,,,complete,\n')]); // prettier-ignore
    expect(await faultsOf('csv-raw', row)).toEqual(['line 2: content is not UTF-8']);
  });

  it.each(['', 'a,b\n', `${header},more\n`, header.replace(',metadata', ''), `"${header}\n`])(
    'is none with the header %j',
    async (file) => {
      await expect(read('csv-raw', file)).rejects.toBeInstanceOf(UsageError);
    },
  );
});

describe('an export as jsonl', () => {
  it('is read as it was written; what PostgreSQL cannot hold is replaced as the writer does', async () => {
    const odd = { ...bareJson, content: 'a\0\ud83d', agent_name: '\0', metadata: { '\0': ['\udc00'] } };
    const { messages, faults } = await read('jsonl', `${JSON.stringify(bareJson)}\n${JSON.stringify(odd)}`);
    expect(faults).toEqual([]);
    const storable = { content: 'a\ufffd\ufffd', agentName: '\ufffd', metadata: { '\ufffd': ['\ufffd'] } };
    expect(messages).toEqual([bare, { ...bare, ...storable }]);
  });

  it('may have its ids in capitals', async () => {
    const { messages } = await read('jsonl', JSON.stringify({ ...bareJson, id: id.toUpperCase() }));
    expect(messages).toEqual([bare]);
  });

  it('keeps the numbers in metadata as they were written', async () => {
    const metadata = '{"trace":12345678901234567890,"cost":1.10}';
    const row = JSON.stringify(bareJson).replace('"metadata":null', `"metadata":${metadata}`);
    const { messages } = await read('jsonl', row);
    expect(messages.map((each) => JSON.stringify(each.metadata))).toEqual([metadata]);
  });

  it.each([
    [{ content: 5 }, 'content must be text'],
    [{ role: null }, 'role is missing'],
    [{ response_time_ms: 1.5 }, 'response_time_ms must be a whole number of milliseconds'],
    [{ response_time_ms: '1' }, 'response_time_ms must be a whole number of milliseconds'],
    [{ metadata: '{}' }, 'metadata must be a JSON object'],
    [{ agent_id: false }, 'agent_id must be text'],
    [{ created_at: '2026-11-28T10:00:00.001Z' }, `id ${ofItsTime}`],
  ])('has a fault with %j', async (change, fault) => {
    const row = JSON.stringify({ ...bareJson, ...change });
    expect(await faultsOf('jsonl', `${row}\n${JSON.stringify(bareJson)}\n{"content": "secret\n`)).toEqual([
      `line 1: ${fault}`,
      'line 3:  it is no JSON',
    ]);
  });

  it('has a fault where a number that JavaScript cannot hold stands for an object', async () => {
    const row = JSON.stringify(bareJson).replace('"metadata":null', '"metadata":123456789012345678901');
    expect(await faultsOf('jsonl', `${row}\n123456789012345678901\n`)).toEqual([
      'line 1: metadata must be a JSON object',
      'line 2:  it is no JSON object',
    ]);
  });

  it('has a fault where metadata is nested too deep to be walked through', async () => {
    const deep = JSON.stringify(bareJson).replace('"metadata":null', `"metadata":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`); // prettier-ignore
    expect(await faultsOf('jsonl', deep)).toEqual([
      expect.stringMatching(/^line 1: {1,2}(metadata is nested too deep|it is no JSON)$/),
    ]);
  });
});

describe('a plain table of another system', () => {
  it('is read by the names of its header, in any order, and says how', async () => {
    const file =
      'Text,ID,sessionId,Sender,timestamp,secret\n"hi, ""you""",7,s,Human,1795860000123,x\n,8,s,BOT,2026-11-28 10:00:01+00,x\n';
    const { messages, faults, notes } = await read('plain-csv', file);
    expect(faults).toEqual([]);
    expect(messages).toMatchObject([
      {
        ...bare,
        content: 'hi, "you"',
        createdAt: new Date(1_795_860_000_123),
        id: expect.stringMatching(/^01a22/),
      },
      { ...bare, role: 'assistant', createdAt: new Date('2026-11-28T10:00:01Z'), id: expect.anything() },
    ]);
    expect(notes).toEqual([
      'columns: session_id → session_name, timestamp → created_at, id → id, sender → role, text → content',
      'columns that are not read: 1',
      'roles: human → user, bot → assistant',
    ]);
  });

  it('may have every column, and nothing in many ways', async () => {
    const file = `${header}
s,2026-11-28 10:00,1,operator,x,12.6,a-1,Ann,error,"{""a"": 1}"
s,2026-11-28 10:00,2,user,NULL,NULL,\\N,,"",null
s,2026-11-28 10:00,3,user,\\N,,,,,`;
    const { messages, faults } = await read('plain-csv', file);
    expect(messages).toMatchObject([
      {
        role: 'agent',
        responseTimeMs: 13,
        agentId: 'a-1',
        agentName: 'Ann',
        status: 'failed',
        metadata: { a: 1 },
      },
      { ...bare, content: 'NULL', id: expect.anything() },
    ]);
    expect(faults).toEqual(['line 4: content is missing']);
  });

  it('keeps the order of equal times: by number, or as in the file', async () => {
    const table = (ids: readonly string[]) =>
      [
        'id,session_id,role,content,created_at',
        ...ids.map((each, at) => `${each},s,user,${at},2026-11-28 10:00:00.5`),
      ].join('\n');
    const inOrder = async (ids: readonly string[]) => {
      const { messages } = await read('plain-csv', table(ids));
      return messages.toSorted((one, other) => (one.id < other.id ? -1 : 1)).map(({ content }) => content);
    };
    expect(await inOrder(['10', '9', '-1', '9223372036854775807', '0'])).toEqual(['2', '4', '1', '0', '3']);
    expect(await inOrder(['b', 'a', '', 'c', ''])).toEqual(['0', '1', '2', '3', '4']);
    expect(await inOrder(['007', '7.0', '6', '9223372036854775808'])).toEqual(['2', '0', '1', '3']);
  });

  it('gives messages of two sessions ids of their own, also with equal numbers or text ids at equal times', async () => {
    const ids = ['1', '4294967295', '1795860000000', 'm-1'];
    const rows = ['a', 'b'].flatMap((session) =>
      ids.map((each) => `${each},${session},user,x,2026-11-28 10:00:00`),
    );
    const { messages } = await read(
      'plain-csv',
      ['id,session_id,role,content,created_at', ...rows].join('\n'),
    );
    expect(new Set(messages.map((each) => each.id)).size).toBe(8);
  });

  it('gives the same ids again, also from a line on, and others to another file without ids', async () => {
    const row = (content: string) => `s,user,${content},2026-11-28 10:00\n`;
    const table = `session_id,role,content,created_at\n${row('a')}${row('b')}bad\n${row('c')}`;
    const ids = async (file: string, wishes?: Wishes) =>
      (await read('plain-csv', file, wishes)).messages.map((each) => each.id);
    const first = await ids(table);
    expect(new Set(first).size).toBe(3);
    expect(await ids(table)).toEqual(first);
    expect(await ids(table, { fromLine: 3 })).toEqual(first.slice(1));
    expect((await read('plain-csv', table, { fromLine: 5 })).faults).toEqual([]);
    expect(await ids(table.replace('user,b', 'user,x'))).toEqual([
      first[0],
      expect.not.stringMatching(first[1] ?? ''),
      first[2],
    ]);
  });

  it('is read by the clocks of its zone and the names that are given', async () => {
    const file = 'who,said,session_id,session,at\nuser,x,wrong,right,2026-11-28 10:00\n';
    const names: [Column, string][] = [['role', 'who'], ['content', 'said'], ['session_name', 'Session'], ['created_at', 'at']]; // prettier-ignore
    const { messages } = await read('plain-csv', file, { names, zone: 'Asia/Shanghai' });
    expect(messages).toMatchObject([{ sessionName: 'right', createdAt: new Date('2026-11-28T02:00:00Z') }]);
  });

  it.each([
    ['wizard', '2026-11-28 10:00', 'role is no role that is known'],
    ['user', 'yesterday', 'created_at is no time that is known'],
    ['user', '', 'created_at is missing'],
    ['NULL', '2026-11-28 10:00', 'role is missing'],
    ['user', '2026-11-28 10:00,x', ' it has not as many columns as the header'],
  ])('has a fault with the role %j at %j, which it does not show', async (role, at, fault) => {
    expect(await faultsOf('plain-csv', `session_id,content,role,created_at\ns,x,${role},${at}\n`)).toEqual([
      `line 2: ${fault}`,
    ]);
  });

  it.each([
    ['session_id,role,created_at\n', {}, 'content'],
    ['session_id,role,content,created_at,content\n', {}, 'two columns content'],
    [
      'session_id,role,content,created_at\n',
      { names: [['id', 'number']] as [Column, string][] },
      'no column number',
    ],
    ['my secret,is here\n', {}, 'session_name'],
  ])('is none with the header %j', async (file, wishes, named) => {
    const reading = read('plain-csv', file, wishes);
    await expect(reading).rejects.toBeInstanceOf(UsageError);
    await expect(reading).rejects.toThrow(named);
    await expect(reading).rejects.not.toThrow('secret');
  });
});
