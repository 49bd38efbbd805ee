import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Message } from '../../message.js';
import type { StoreLogger } from '../../store-logger.js';
import { timeOfMessageId } from '../message-id.js';
import type {
  SpoolFigures,
  SpoolOperations,
  SpoolReport,
  SpoolRequest,
  SpoolWorkerData,
} from './spool-protocol.js';

export interface SpoolBatchBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

export interface SpooledMessage {
  readonly id: string;
  /** Undefined where the disk gave back something that is no message. */
  readonly message: Message | undefined;
  readonly body: string;
}

type PendingAnswer = PromiseWithResolvers<unknown>;

const closed: SpoolFigures = { isOpen: false, messages: 0, bytes: 0 };
const restartDelayMs = 5_000;

/** Messages on the local disk, until the database takes them: SQLite's, in a thread of its own. */
export class Spool {
  readonly #data: SpoolWorkerData;
  readonly #logger: StoreLogger;
  readonly #answers = new Map<number, PendingAnswer>();
  #onMessages: () => void = () => undefined;
  #worker: Worker | undefined;
  #figures = closed;
  #lastNumber = 0;
  #unreadableTotal = 0;
  #isUsable = true;
  #isStarted = false;
  #isClosed = false;

  constructor(data: SpoolWorkerData, logger: StoreLogger) {
    this.#data = data;
    this.#logger = logger;
  }

  get figures(): SpoolFigures {
    return this.#figures;
  }

  /** Files of the spool that could not be read, and were kept under another name. */
  get unreadableTotal(): number {
    return this.#unreadableTotal;
  }

  /**
   * Opens the spool, and opens it again whenever it can be. Does nothing when it was called before.
   * @param onMessages called when messages are found in it.
   */
  start(onMessages: () => void): void {
    // A thread that ended is started again by itself, in a while.
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#onMessages = onMessages;
    this.#startWorker();
  }

  /**
   * Resolves when they are on the disk (fsync): how many of them, from the first on; fewer than all when it is full.
   * @throws Error the spool cannot be used, with the reason.
   */
  async append(messages: readonly { message: Message; bytes: number }[]): Promise<number> {
    const rows = messages.map(({ message, bytes }) => ({
      id: message.id,
      body: JSON.stringify(message),
      bytes,
    }));
    return this.#ask('append', rows);
  }

  /** @param after an id: only those that come after it. */
  async oldest({ maxMessages, maxBytes }: SpoolBatchBounds, after = ''): Promise<SpooledMessage[]> {
    const rows = await this.#ask('oldest', maxMessages, maxBytes, after);
    return rows.map(({ id, body }) => ({ id, body, message: messageOf(body) }));
  }

  /** Resolves with how many of them were there. */
  async remove(ids: readonly string[]): Promise<number> {
    return this.#ask('remove', ids);
  }

  /** Removes them, without anybody who waits: what stays is replayed, and stored once all the same. */
  forget(ids: readonly string[]): void {
    if (ids.length > 0) this.remove(ids).catch(() => undefined);
  }

  /** Leaves the files to the next process. To be bounded by the caller: a disk that hangs does not answer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#worker) await this.#ask('close').catch(() => undefined);
  }

  async #ask<Name extends keyof SpoolOperations>(
    name: Name,
    ...parameters: Parameters<SpoolOperations[Name]>
  ): Promise<ReturnType<SpoolOperations[Name]>> {
    if (!this.#worker) throw new Error('the spool is not open');
    const number = ++this.#lastNumber;
    const answer = Promise.withResolvers<unknown>();
    this.#answers.set(number, answer);
    // While it is asked something the thread keeps the process alive, and else it does not.
    this.#worker.ref();
    this.#worker.postMessage({ number, name, parameters } satisfies SpoolRequest<Name>);
    return answer.promise as Promise<ReturnType<SpoolOperations[Name]>>;
  }

  #startWorker(): void {
    // Built, this file ends in .js and that one in .mjs. Under Jest both are TypeScript, which Node runs as it is.
    const file = path.join(__dirname, `spool-worker.m${path.extname(__filename).slice(1)}`);
    const worker = new Worker(file, { workerData: this.#data });
    worker.unref();
    worker.on('message', (report: SpoolReport) => this.#hear(report));
    worker.on('error', (error) => this.#noteUnusable(error.message));
    worker.on('exit', () => this.#noteEnd());
    this.#worker = worker;
  }

  #hear(report: SpoolReport): void {
    this.#figures = report.figures;
    switch (report.kind) {
      case 'answer':
        this.#answerOf(report.number)?.resolve(report.result);
        break;
      case 'failure':
        this.#answerOf(report.number)?.reject(new Error(report.reason));
        break;
      case 'unusable':
        this.#noteUnusable(report.reason);
        break;
      case 'unreadable':
        this.#unreadableTotal++;
        this.#logger.error(
          { file: report.file, reason: report.reason },
          'a file of the spool cannot be read and was kept under this name',
        );
        break;
      case 'opened':
      case 'adopted':
        this.#noteFile(report);
        break;
    }
  }

  #answerOf(number: number): PendingAnswer | undefined {
    const answer = this.#answers.get(number);
    this.#answers.delete(number);
    if (this.#answers.size === 0) this.#worker?.unref();
    return answer;
  }

  #noteFile({ kind, file, figures: { messages } }: SpoolReport & { file: string }): void {
    if (!this.#isUsable) this.#logger.info({}, 'the spool can be used again');
    this.#isUsable = true;
    if (messages === 0) return;
    this.#logger.info({ file, messages }, `a file of the spool was ${kind}: its messages are replayed`);
    this.#onMessages();
  }

  #noteUnusable(reason: string): void {
    if (this.#isUsable) this.#logger.error({ reason }, 'the spool cannot be used');
    this.#isUsable = false;
  }

  #noteEnd(): void {
    this.#worker = undefined;
    this.#figures = closed;
    for (const { reject } of this.#answers.values()) reject(new Error('the spool ended'));
    this.#answers.clear();
    if (this.#isClosed) return;
    this.#noteUnusable('its thread ended');
    setTimeout(() => !this.#isClosed && this.#startWorker(), restartDelayMs).unref();
  }
}

function messageOf(body: string): Message | undefined {
  try {
    const message = JSON.parse(body) as Message;
    return { ...message, createdAt: timeOfMessageId(message.id) };
  } catch {
    return undefined;
  }
}
