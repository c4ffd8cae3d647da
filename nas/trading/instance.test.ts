import { expect, test } from 'vitest';
import type { TradingRepo } from '#lib/db/fleet/trading.ts';
import { createLog } from '#lib/log.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { startInstance } from './instance.ts';
import { until } from './testing/desk.ts';

const log = createLog('trading', 'silent');

/** A clock that stands still until it is moved, as for a process that is paused. */
function handClock() {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const clock: Clock = {
    monotonic: () => now,
    wall: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  return {
    clock,
    /** Time has passed; nothing of ours has run meanwhile. */
    sleep(ms: number) {
      now += ms;
    },
    wake() {
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

function fakeRepo(renew: () => Promise<Date>): TradingRepo {
  return { renewInstance: renew, takeLeases: async () => [], dropInstance: async () => null } as unknown as TradingRepo;
}

test('a process that slept past its lease may not write, in the very tick it wakes, until it has renewed', async () => {
  const { clock, sleep, wake } = handClock();
  const instance = startInstance({ repo: fakeRepo(async () => new Date()), clock, log, onLeases: () => {} });
  await until('first renewal', instance.isAlive, (alive) => alive);
  sleep(5_499);
  expect(instance.isAlive()).toBe(true);
  sleep(1);
  expect(instance.isAlive()).toBe(false);
  wake();
  await until('renewal', instance.isAlive, (alive) => alive);
  await instance.stop();
  expect(instance.isAlive()).toBe(false);
});

test('a renewal that was long on its way counts from when it was asked', async () => {
  const { clock, sleep, wake } = handClock();
  let answer = (): void => {};
  let asked = 0;
  const repo = fakeRepo(() => {
    asked += 1;
    return asked === 1
      ? Promise.resolve(new Date())
      : new Promise((resolve) => {
          answer = () => resolve(new Date());
        });
  });
  const instance = startInstance({ repo, clock, log, onLeases: () => {} });
  await until('first renewal', instance.isAlive, (alive) => alive);
  sleep(2_000);
  wake();
  await until(
    'second renewal on its way',
    () => asked,
    (count) => count === 2,
  );
  sleep(6_000);
  answer();
  await new Promise(setImmediate);
  expect(instance.isAlive()).toBe(false);
  await instance.stop();
});

test('who slept past the lease may not write between the renewal and the answer which accounts are still theirs', async () => {
  const { clock, sleep, wake } = handClock();
  let answer = (): void => {};
  let asked = 0;
  const repo = {
    ...fakeRepo(async () => new Date()),
    takeLeases: () => {
      asked += 1;
      return asked === 1
        ? Promise.resolve([])
        : new Promise<[]>((resolve) => {
            answer = () => resolve([]);
          });
    },
  } as TradingRepo;
  const instance = startInstance({ repo, clock, log, onLeases: () => {} });
  await until('first leases', instance.isAlive, (alive) => alive);
  sleep(7_000);
  wake();
  await until(
    'leases asked again',
    () => asked,
    (count) => count === 2,
  );
  expect(instance.isAlive()).toBe(false);
  answer();
  await until('leases known', instance.isAlive, (alive) => alive);
  await instance.stop();
});
