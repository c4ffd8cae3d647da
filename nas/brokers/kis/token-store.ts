import type { KisEnvironment } from './tr-ids.ts';

export interface StoredToken {
  readonly accessToken: string;
  /** Instants by our clock, ms. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** One access token per app key and environment, shared by every process (KIS issues at most one a minute). */
export interface TokenStore {
  load(appKeyTag: string, environment: KisEnvironment): Promise<StoredToken | null>;
  save(appKeyTag: string, environment: KisEnvironment, token: StoredToken): Promise<void>;
  /** Runs alone among all processes for this key; must give the lock back when a process dies. */
  withLock<T>(appKeyTag: string, environment: KisEnvironment, run: () => Promise<T>): Promise<T>;
}

/** For a single process: tests and command-line tools. The fleet keeps tokens sealed in `broker_tokens`. */
export function memoryTokenStore(): TokenStore {
  const tokens = new Map<string, StoredToken>();
  const tails = new Map<string, Promise<unknown>>();
  const nameOf = (tag: string, environment: KisEnvironment) => `${environment}:${tag}`;
  return {
    load: async (tag, environment) => tokens.get(nameOf(tag, environment)) ?? null,
    save: async (tag, environment, token) => {
      tokens.set(nameOf(tag, environment), token);
    },
    withLock(tag, environment, run) {
      const name = nameOf(tag, environment);
      const result = (tails.get(name) ?? Promise.resolve()).then(run, run);
      tails.set(
        name,
        result.catch(() => undefined),
      );
      return result;
    },
  };
}
