/** A failed reading is tried again this often, while somebody watches. */
const RETRY_MS = 5_000;
/** A reading without an answer by then is taken for failed; should one come later, it is shown all the same. */
const PATIENCE_MS = 15_000;

/** The older of two instants of {@link Reading.staleSince}; null where both are. */
export function olderOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/**
 * Reads what a screen shows, and knows whether that is old. A reading never replaces one that began after it. Once one has failed,
 * `staleSince` tells since when (ms since the epoch) what is shown may be overtaken, until a reading begun later succeeds.
 */
export class Reading<T> {
  readonly #read: () => Promise<T>;
  readonly #show: (value: T) => void;
  readonly #watchers = new Set<() => void>();
  /** Changes heard while a reading is under way, one list a reading. */
  readonly #heard = new Set<(() => void)[]>();
  #begun = 0;
  #shown = 0;
  #failed = 0;
  /** When the reading that is shown began; at first the page's own, by the server. */
  #shownAt = Date.now();
  #staleSince: number | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(read: () => Promise<T>, show: (value: T) => void) {
    this.#read = read;
    this.#show = show;
  }

  staleSince = (): number | null => this.#staleSince;

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    this.#retryLater();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) clearTimeout(this.#retry);
    };
  };

  /** Shows a change that a message told, now and again over what readings bring that began before it. */
  overlay = (change: () => void): void => {
    change();
    for (const heard of this.#heard) heard.push(change);
  };

  /** Reads now. Never rejects: a failure is told by `staleSince`, and what is shown stays. */
  reread = async (): Promise<void> => {
    this.#begun += 1;
    const mine = this.#begun;
    const begunAt = Date.now();
    const heard: (() => void)[] = [];
    this.#heard.add(heard);
    const patience = setTimeout(() => this.#fail(mine), PATIENCE_MS);
    let value: T;
    try {
      value = await this.#read();
    } catch {
      return this.#fail(mine);
    } finally {
      clearTimeout(patience);
      this.#heard.delete(heard);
    }
    if (mine < this.#shown) return;
    this.#shown = mine;
    this.#shownAt = begunAt;
    this.#show(value);
    for (const change of heard) change();
    this.#tell();
  };

  #fail(mine: number): void {
    this.#failed = Math.max(this.#failed, mine);
    this.#tell();
  }

  #tell(): void {
    this.#staleSince = this.#failed > this.#shown ? this.#shownAt : null;
    for (const watcher of this.#watchers) watcher();
    this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#retry);
    if (this.#staleSince === null || this.#watchers.size === 0) return;
    // A page that nobody sees rests, as everything does that reads by the clock.
    const again = () => (globalThis.document?.visibilityState === 'hidden' ? this.#retryLater() : void this.reread());
    this.#retry = setTimeout(again, RETRY_MS);
  }
}
