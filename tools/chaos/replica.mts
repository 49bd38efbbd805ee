import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Health } from '@chat-history/http-contract';
import { root } from '../start/settings.mts';

export interface ReplicaOptions {
  readonly name: string;
  /** Where its spool and its log are. */
  readonly folder: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** A module that is loaded before the service. */
  readonly preloaded?: string;
}

const readyWithinMs = 30_000;
const lookIntervalMs = 50;
const askTimeoutMs = 5_000;
/** A service gives itself 30 s. */
const stopsWithinMs = 40_000;
const shownLogLines = 15;

/** One ai-chatbot, as it is deployed, that is killed, told to stop and started again under the same address. */
export class Replica {
  readonly name: string;
  readonly url: string;
  readonly spoolDir: string;
  readonly logFile: string;
  readonly #options: ReplicaOptions;
  #child: ChildProcess | undefined;
  #takesRequests = false;
  #starts = 0;
  #unaskedTurnsBefore = 0;

  constructor(options: ReplicaOptions) {
    const { name, folder, port, environment } = options;
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.spoolDir = environment['CHAT_HISTORY_SPOOL_DIR'] ?? path.join(folder, `${name}-spool`);
    this.logFile = path.join(folder, `${name}.log`);
    this.#options = options;
  }

  /** Whether its store does nothing (a module was loaded in place of it). */
  get keepsNothing(): boolean {
    return this.#options.preloaded !== undefined;
  }

  /** As a load balancer sees it. */
  get takesRequests(): boolean {
    return this.#takesRequests;
  }

  /** Which of its processes this is, from 1. */
  get incarnation(): number {
    return this.#starts;
  }

  /** Resolves when it is ready. @throws with the end of its log when it is not in time. */
  async start(): Promise<void> {
    const { port, environment, preloaded } = this.#options;
    const log = await open(this.logFile, 'a');
    const preloads = [path.join(root, 'tools/start/end-with-parent.mjs'), ...(preloaded ? [preloaded] : [])];
    const child = spawn(
      process.execPath,
      [...preloads.flatMap((file) => ['--import', file]), 'apps/ai-chatbot/dist/main.js'],
      {
        cwd: root,
        env: {
          PATH: process.env['PATH'],
          ...environment,
          CHATBOT_PORT: String(port),
          CHAT_HISTORY_SPOOL_DIR: this.spoolDir,
        },
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
        // Its own group: Ctrl-C reaches only this process.
        detached: true,
      },
    );
    await once(child, 'spawn');
    await log.close();
    this.#child = child;
    this.#starts++;
    await this.#ready(child);
    this.#takesRequests = true;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    if (this.#takesRequests) this.#unaskedTurnsBefore = await this.unaskedTurns();
    this.#takesRequests = false;
    await this.#end('SIGKILL', stopsWithinMs);
  }

  /** SIGTERM. @returns its exit code; null when it did not end in time and was killed. */
  async terminate(): Promise<number | null> {
    if (this.#takesRequests) this.#unaskedTurnsBefore = await this.unaskedTurns();
    this.#takesRequests = false;
    return this.#end('SIGTERM', stopsWithinMs);
  }

  /** The figures of /metrics, those without labels, by name. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const answer = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(askTimeoutMs) });
    const lines = (await answer.text()).split('\n').map((line) => /^(\w+) (\S+)$/.exec(line));
    return new Map(lines.flatMap((match) => (match ? [[match[1]!, Number(match[2])] as const] : [])));
  }

  /**
   * How many turns, of all its processes, went on because the database did not answer in time (150 ms) what they had
   * to know. Order and idempotency of those are promised within one process only.
   */
  async unaskedTurns(): Promise<number> {
    const metrics = this.#takesRequests ? await this.metrics().catch(() => undefined) : undefined;
    return this.#unaskedTurnsBefore + (metrics?.get('chat_history_turns_unanswered_total') ?? 0);
  }

  /** What /health/ready answers; `up` is false also for a part that it does not name. */
  async health(): Promise<{ httpStatus: number; isUp(part: string): boolean }> {
    const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(askTimeoutMs) });
    const { details } = (await answer.json()) as Health;
    return { httpStatus: answer.status, isUp: (part) => details[part]?.status === 'up' };
  }

  async log(): Promise<string> {
    return readFile(this.logFile, 'utf8').catch(() => '');
  }

  async #ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + readyWithinMs;
    while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
      const isReady = await this.health().then(
        ({ httpStatus }) => httpStatus === 200,
        () => false,
      );
      if (isReady) return;
      await delay(lookIntervalMs);
    }
    const end = (await this.log()).trimEnd().split('\n').slice(-shownLogLines).join('\n');
    throw new Error(`${this.name} did not become ready; the end of its log:\n${end}`);
  }

  async #end(signal: NodeJS.Signals, timeoutMs: number): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const [exitCode] = await gone;
    clearTimeout(timer);
    return exitCode;
  }
}
