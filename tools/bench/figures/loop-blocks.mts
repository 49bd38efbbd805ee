/** How often a look is due: a block of any length above this is seen. */
const lookEveryMs = 1;

/** The longest time between two looks, in milliseconds. */
export interface LongestBlock {
  /** Of the loop's own thread: code, and what of garbage collection stops it. */
  readonly cpuMs: number;
  /** Of the clock: also while the machine gave the core to another process. */
  readonly wallMs: number;
}

/**
 * Looks at every turn of the event loop that is due for how long it could not look. By the thread's own time as well as
 * by the clock: where every core is busy the clock tells of the machine, not of the code.
 */
export class LoopBlocks {
  readonly #timer: NodeJS.Timeout;
  #lookedAtMs = performance.now();
  #cpuUs = cpuUsOf();
  #longest: LongestBlock = { cpuMs: 0, wallMs: 0 };

  constructor() {
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** Ends it. */
  longest(): LongestBlock {
    this.#look();
    clearInterval(this.#timer);
    return this.#longest;
  }

  #look(): void {
    const [nowMs, cpuUs] = [performance.now(), cpuUsOf()];
    const { cpuMs, wallMs } = this.#longest;
    this.#longest = {
      cpuMs: Math.max(cpuMs, (cpuUs - this.#cpuUs) / 1_000),
      wallMs: Math.max(wallMs, nowMs - this.#lookedAtMs - lookEveryMs),
    };
    [this.#lookedAtMs, this.#cpuUs] = [nowMs, cpuUs];
  }
}

function cpuUsOf(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
