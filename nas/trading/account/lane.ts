/** Runs tasks one after the other; a key that is already waiting or running is not taken twice. */
export interface Lane {
  add(key: string, task: () => Promise<void>): void;
  has(key: string): boolean;
  /** Resolves when everything taken so far has run. */
  idle(): Promise<void>;
}

/** `onError` hears of tasks that threw; the lane goes on. */
export function createLane(onError: (error: unknown, key: string) => void): Lane {
  const keys = new Set<string>();
  let tail: Promise<void> = Promise.resolve();
  return {
    add(key, task) {
      if (keys.has(key)) return;
      keys.add(key);
      tail = tail
        .then(task)
        .catch((error) => onError(error, key))
        .finally(() => keys.delete(key));
    },
    has: (key) => keys.has(key),
    idle: () => tail,
  };
}
