/** Runs one call at a time: a call during a run waits for one that begins after it, and all that wait share that one. */
export function joinCalls<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  return function call(): Promise<T> {
    if (!running) {
      running = work().finally(() => {
        running = null;
      });
      return running;
    }
    next ??= running
      .catch(() => {}) // its own callers hear of it
      .then(() => {
        next = null;
        return call();
      });
    return next;
  };
}
