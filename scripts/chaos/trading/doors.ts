import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is to happen to the process when it passes a door for an account (or for any, at doors without one). */
export interface Strike {
  /** The order it belongs to; written down so that it happens once, whichever process passes. */
  readonly id: string;
  readonly accountId: string;
  /** E.g. `repo.beginAttempt:after`. */
  readonly door: string;
  /** kill: SIGKILL. freeze: SIGSTOP until somebody wakes it. stall: this one call waits until it is released. */
  readonly what: 'kill' | 'freeze' | 'stall';
}

const strikes: Strike[] = [];
const stalled = new Map<string, () => void>();
let recordDir = '';

export function recordStrikesIn(dir: string): void {
  recordDir = dir;
}

export function armStrike(strike: Strike): void {
  strikes.push(strike);
}

export function disarmStrike(id: string): void {
  const at = strikes.findIndex((strike) => strike.id === id);
  if (at >= 0) strikes.splice(at, 1);
}

/** Doors that belong to the process and to no account. */
const OF_PROCESS = /^repo\.(renewInstance|takeLeases):/;

/** Lets a stalled call go on. */
export function releaseStalled(id: string): void {
  stalled.get(id)?.();
}

function take(door: string, accountId: string | null): Strike | null {
  const at = strikes.findIndex((strike) => strike.door === door && (strike.accountId === accountId || OF_PROCESS.test(door)));
  if (at < 0) return null;
  const [strike] = strikes.splice(at, 1) as [Strike];
  const record = join(recordDir, strike.id);
  if (existsSync(record)) return null;
  writeFileSync(record, strike.door);
  return strike;
}

/** A door between two awaits. */
export async function pass(door: string, accountId: string | null): Promise<void> {
  const strike = take(door, accountId);
  if (strike?.what === 'stall') await new Promise<void>((resolve) => stalled.set(strike.id, resolve));
  else if (strike) end(strike);
}

/** A door inside one tick: it cannot wait. */
export function passAtOnce(door: string, accountId: string): void {
  const strike = take(door, accountId);
  if (strike) end(strike);
}

/** The bytes are on their way and the venue holds its answer back: long enough on any machine for the write, short of the answer. */
const WRITTEN_MS = 400;

/** The moment after a socket write and before its answer. */
export function passWritten(door: string, accountId: string): void {
  const strike = take(door, accountId);
  if (strike) setTimeout(() => end(strike), WRITTEN_MS);
}

function end(strike: Strike): void {
  process.kill(process.pid, strike.what === 'freeze' ? 'SIGSTOP' : 'SIGKILL');
}

/** Every method of an object gets a door before and one behind it. `accountOf` tells whose work a call is. */
export function withDoors<T extends object>(
  name: string,
  target: T,
  accountOf: (method: string, given: readonly unknown[]) => string | null,
): T {
  return new Proxy(target, {
    get(object, key) {
      const value = Reflect.get(object, key) as unknown;
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      return (...given: unknown[]) => {
        const accountId = accountOf(key, given);
        const before = `${name}.${key}:before`;
        const after = `${name}.${key}:after`;
        if (!strikes.some(({ door }) => door === before || door === after)) return value.apply(object, given);
        return pass(before, accountId)
          .then(() => value.apply(object, given))
          .then(async (answer) => {
            await pass(after, accountId);
            return answer;
          });
      };
    },
  });
}
