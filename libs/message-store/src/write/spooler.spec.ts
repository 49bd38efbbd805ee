import { RecordingLogger } from '../../test/store-options.js';
import { question } from '../../test/writing.js';
import { NotDurableError, WriterClosedError } from '../message-store.errors.js';
import { acceptedMessage } from './accepted-message.js';
import { DatabaseWatch } from './database-watch.js';
import { PendingMessage } from './pending-message.js';
import { Spooler } from './spooler.js';
import { WriteBuffer } from './write-buffer.js';

/** A disk that answers when it is told to. */
class SlowSpool {
  readonly forgotten: string[] = [];
  #answers: (() => void)[] = [];

  async append(messages: readonly unknown[]): Promise<number> {
    await new Promise<void>((resolve) => this.#answers.push(resolve));
    return messages.length;
  }

  forget(ids: readonly string[]): void {
    this.forgotten.push(...ids);
  }

  answer(): void {
    for (const answer of this.#answers.splice(0)) answer();
  }
}

let buffer: WriteBuffer;
let spool: SlowSpool;
let spooler: Spooler;

beforeEach(() => {
  const logger = new RecordingLogger();
  const database = new DatabaseWatch(logger);
  buffer = new WriteBuffer({ maxMessages: 100, maxBytes: 1e6 });
  spool = new SlowSpool();
  spooler = new Spooler({ buffer, spool, database, commitTimeoutMs: 60_000, logger });
  database.failed(new Error('down'), performance.now());
});

function save(): PendingMessage {
  const pending = new PendingMessage(acceptedMessage(question()));
  buffer.add(pending);
  spooler.look();
  return pending;
}

describe('a disk that hangs', () => {
  it('keeps nobody waiting, and what it takes in the end leaves memory', async () => {
    const [first, second] = [save(), save()];
    await expect(first.durable).rejects.toThrow(NotDurableError);
    await expect(second.durable).rejects.toThrow(NotDurableError);
    // Known to hang by now.
    await expect(save().durable).rejects.toThrow(NotDurableError);
    expect(spooler.isAccepting).toBe(false);
    expect(buffer.messages).toBe(3);
    const accepting = new Promise<void>((resolve) => spooler.onChange(resolve));
    spool.answer();
    await accepting;
    expect(spooler.isAccepting).toBe(true);
    expect([first.isSpooled, second.isSpooled]).toEqual([true, true]);
    expect(spooler.undurableTotal).toBe(3);
    await new Promise(setImmediate);
    spool.answer();
    await spooler.finish(1);
  });

  it('may be late: what was committed meanwhile is removed again', async () => {
    const pending = save();
    await Promise.resolve();
    buffer.delete(pending);
    pending.committed();
    const done = new Promise<void>((resolve) => spooler.onChange(resolve));
    spool.answer();
    await done;
    expect(await pending.durable).toBe('committed');
    expect(spool.forgotten).toEqual([pending.message.id]);
  });

  it('may be late: what was given up meanwhile is not removed, for the next replay', async () => {
    const pending = save();
    await Promise.resolve();
    buffer.delete(pending);
    pending.lost(new WriterClosedError('closed'));
    const done = new Promise<void>((resolve) => spooler.onChange(resolve));
    spool.answer();
    await done;
    await expect(pending.durable).rejects.toThrow(WriterClosedError);
    expect(spool.forgotten).toEqual([]);
  });
});
