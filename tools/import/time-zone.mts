const dayMs = 86_400_000;

/** Zones change their offset at full quarters of an hour: within one it need not be asked for again. */
const quarterMs = 900_000;
const maxKeptOffsets = 10_000;

/** What the clocks of an IANA zone show. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError no such zone */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      ...({ year: 'numeric', month: 'numeric', day: 'numeric' } as const),
      ...({ hour: 'numeric', minute: 'numeric', second: 'numeric', era: 'short' } as const),
    });
  }

  /**
   * The moment at which the clocks show a time; the first of two where they are set back, and as if they had not been
   * set yet where they skip it.
   * @param localMs that time, as if it were UTC, in milliseconds since 1970.
   */
  momentOf(localMs: number): number {
    const offsets = [this.#offsetAt(localMs - dayMs), this.#offsetAt(localMs + dayMs)] as const;
    const moments = offsets.map((offset) => localMs - offset).sort((one, other) => one - other);
    return moments.find((moment) => moment + this.#offsetAt(moment) === localMs) ?? localMs - offsets[0];
  }

  #offsetAt(moment: number): number {
    const quarter = Math.floor(moment / quarterMs);
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      offset = this.#shownAt(quarter * quarterMs) - quarter * quarterMs;
      if (this.#offsets.size >= maxKeptOffsets) this.#offsets.clear();
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }

  #shownAt(moment: number): number {
    const parts = Object.fromEntries(
      this.#format.formatToParts(moment).map(({ type, value }) => [type, value]),
    );
    const part = (name: string) => Number(parts[name]);
    const year = parts['era'] === 'BC' ? 1 - part('year') : part('year');
    const shown = new Date(0);
    shown.setUTCFullYear(year, part('month') - 1, part('day'));
    return shown.setUTCHours(part('hour'), part('minute'), part('second'));
  }
}
