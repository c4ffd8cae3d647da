/** Runs tasks in the order they came, `width` at a time; a key that is already waiting or running is not taken twice. */
export interface Lane {
  add(key: string, task: () => Promise<void>): void;
  has(key: string): boolean;
  /** Resolves when everything taken so far has run. */
  idle(): Promise<void>;
}

/** `onError` hears of tasks that threw; the lane goes on. */
export function createLane(onError: (error: unknown, key: string) => void, width = 1): Lane {
  const keys = new Set<string>();
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();

  function next(): void {
    while (running.size < width && waiting.length > 0) {
      const run: Promise<void> = waiting.shift()!().finally(() => {
        running.delete(run);
        next();
      });
      running.add(run);
    }
  }
  return {
    add(key, task) {
      if (keys.has(key)) return;
      keys.add(key);
      waiting.push(() =>
        Promise.resolve()
          .then(task)
          .catch((error) => onError(error, key))
          .finally(() => keys.delete(key)),
      );
      next();
    },
    has: (key) => keys.has(key),
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
