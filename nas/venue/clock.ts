/** The venue's only source of time. Everything below it is handed the instant. */
export interface VenueClock {
  readonly kind: 'real' | 'fixed' | 'accelerated';
  /** Milliseconds of the venue for one of the machine's. */
  readonly factor: number;
  /** Epoch milliseconds. */
  now(): number;
  /** Moves a fixed clock forward; throws on the others. */
  advance(ms: number): void;
  /** Told after `advance`, so that the market moves in the same call. */
  onAdvance(listener: () => void): void;
}

export function realClock(): VenueClock {
  return { kind: 'real', factor: 1, now: () => Date.now(), advance: refuse('real'), onAdvance: () => undefined };
}

/** Stands still until told: tests and scripted chaos. */
export function fixedClock(startMs: number): VenueClock {
  let at = startMs;
  const listeners: (() => void)[] = [];
  return {
    kind: 'fixed',
    factor: 1,
    now: () => at,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`a clock only moves forward: ${ms}`);
      at += ms;
      for (const listener of listeners) listener();
    },
    onAdvance: (listener) => void listeners.push(listener),
  };
}

/** Runs `factor` times as fast as the machine's clock from `startMs` on. */
export function acceleratedClock(startMs: number, factor: number): VenueClock {
  const origin = performance.now();
  return {
    kind: 'accelerated',
    factor,
    now: () => Math.floor(startMs + (performance.now() - origin) * factor),
    advance: refuse('accelerated'),
    onAdvance: () => undefined,
  };
}

function refuse(kind: string): (ms: number) => void {
  return () => {
    throw new Error(`The ${kind} clock cannot be moved by hand; start the venue with a fixed clock to do so.`);
  };
}
