interface Entry {
  readonly at: number;
  readonly act: (now: number) => void;
}

/** Things that happen at an instant of the venue's clock, in the order of their instants; equal instants keep the order of asking. */
export class Agenda {
  readonly #entries: Entry[] = [];

  at(instant: number, act: (now: number) => void): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.at <= instant) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { at: instant, act });
  }

  /** Takes out the first entry that is due. */
  next(now: number): Entry | undefined {
    return this.#entries[0] && this.#entries[0].at <= now ? this.#entries.shift() : undefined;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
