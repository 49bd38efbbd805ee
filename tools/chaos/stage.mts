import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OnEnd } from '../start/run-to-end.mts';
import { BotProcess } from './bot-process.mts';
import type { Town } from './customer.mts';
import { Database } from './database.mts';
import { restartablePort } from './free-port.mts';
import { Ledger } from './ledger.mts';
import { Load } from './load.mts';
import { Replica } from './replica.mts';

export const turnsPerSecond = 100;

/** Where a scenario plays: a database, a bot and two chatbots, all of them up when it begins. */
export class Stage {
  readonly folder: string;
  readonly random: () => number;
  readonly stopping: AbortSignal;
  readonly database: Database;
  readonly bot: BotProcess;
  /** The two that share the load. */
  readonly replicas: readonly [Replica, Replica];
  /** Of the scenario that plays. */
  ledger = new Ledger();
  readonly #all: Replica[] = [];
  readonly #chatSecret = randomBytes(32).toString('base64url');

  private constructor(
    folder: string,
    random: () => number,
    stopping: AbortSignal,
    database: Database,
    bot: BotProcess,
    ports: readonly [number, number],
  ) {
    this.folder = folder;
    this.random = random;
    this.stopping = stopping;
    this.database = database;
    this.bot = bot;
    this.replicas = [this.#replica('chatbot-a', ports[0]), this.#replica('chatbot-b', ports[1])];
  }

  static async set(
    folder: string,
    random: () => number,
    stopping: AbortSignal,
    onEnd: OnEnd,
  ): Promise<Stage> {
    const port = () => restartablePort(random);
    const database = await Database.start(folder, await port());
    onEnd(() => database.end());
    const bot = await BotProcess.start();
    onEnd(() => bot.end());
    const stage = new Stage(folder, random, stopping, database, bot, [await port(), await port()]);
    const killAll = () => Promise.all(stage.#all.map((replica) => replica.kill()));
    onEnd(async () => {
      await killAll();
    });
    // At once, so that nobody goes on waiting for their answers.
    stopping.addEventListener('abort', () => void killAll());
    await Promise.all(stage.replicas.map((replica) => replica.start()));
    return stage;
  }

  /** Another chatbot, not yet started, for what the two that share the load must not suffer. */
  async extraReplica(
    name: string,
    environment: Record<string, string> = {},
    preloaded?: string,
  ): Promise<Replica> {
    return this.#replica(name, await restartablePort(this.random), environment, preloaded);
  }

  /** Drives load while `breaking` breaks things; ends when every turn has ended. */
  async underLoad(breaking: () => Promise<void>): Promise<void> {
    await this.underLoadAtFirst(breaking);
    await this.ledger.turnsUnderWay;
    this.stopping.throwIfAborted();
  }

  /** The same, but leaves turns under way: those of a killed process wait until its leases are stale. */
  async underLoadAtFirst(breaking: () => Promise<void>): Promise<void> {
    const load = new Load(this.#town(), turnsPerSecond);
    try {
      await breaking();
    } finally {
      this.ledger.turnsUnderWay = load.end();
    }
  }

  /** Everything up again. */
  async heal(): Promise<void> {
    await this.database.comeBack();
    await Promise.all(this.replicas.map((replica) => (replica.takesRequests ? undefined : replica.start())));
  }

  /** Waits, and ends at once when the run is stopped. */
  async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping });
  }

  /** A moment from `minMs` to `maxMs`. */
  async pauseBetween(minMs: number, maxMs: number): Promise<void> {
    await this.pause(minMs + this.random() * (maxMs - minMs));
  }

  /** Every chatbot there was. */
  get allReplicas(): readonly Replica[] {
    return this.#all;
  }

  /** With the ledger of the scenario that plays now, whichever plays later. */
  #town(): Town {
    const { replicas, database, ledger, random, stopping } = this;
    return { replicas, database, ledger, random, stopping };
  }

  #replica(
    name: string,
    port: number,
    environment: Record<string, string> = {},
    preloaded?: string,
  ): Replica {
    const replica = new Replica({
      name,
      folder: this.folder,
      port,
      environment: {
        DATABASE_URL: this.database.url,
        BOT_PROVIDER: 'coze',
        COZE_API_BASE: this.bot.url,
        COZE_API_TOKEN: 'chaos',
        COZE_BOT_ID: 'chaos',
        BOT_IDLE_TIMEOUT_MS: '3000',
        // The faults of one scenario must not open the breaker for the next.
        BOT_BREAKER_FAILURES: '1000',
        BOT_STOP_GRACE_MS: '2000',
        CHAT_SESSION_SECRET: this.#chatSecret,
        LOG_LEVEL: 'warn',
        ...environment,
      },
      ...(preloaded !== undefined && { preloaded }),
    });
    this.#all.push(replica);
    return replica;
  }
}
