import type { Message } from '@chat-history/message-store';
import { copyChunks, copyLine } from './copy-text.mts';

const message: Message = {
  ...{
    sessionName: 's',
    createdAt: new Date('2026-11-22T10:00:00.123Z'),
    id: 'i',
    role: 'user',
    status: 'complete',
  },
  ...{
    content: 'C:\\temp\tone\r\ntwo',
    responseTimeMs: null,
    agentId: null,
    agentName: null,
    metadata: { a: '\n' },
  },
};

describe('a message in the text format of COPY', () => {
  it('escapes what would end a field or a line', () => {
    expect(copyLine(message)).toBe(
      's\t2026-11-22T10:00:00.123Z\ti\tuser\tC:\\\\temp\\tone\\r\\ntwo\t\\N\t\\N\t\\N\tcomplete\t{"a":"\\\\n"}\n',
    );
  });

  it('comes in chunks of whole lines', () => {
    const line = copyLine(message);
    const chunks = [...copyChunks(Array<Message>(2_000).fill(message))];
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).toString()).toBe(line.repeat(2_000));
  });
});
