import { expect, test } from 'vitest';
import { acceleratedClock, fixedClock, realClock } from './clock.ts';

test('a fixed clock stands until told, only moves forward, and tells its listeners', () => {
  const clock = fixedClock(1_000);
  const seen: number[] = [];
  clock.onAdvance(() => seen.push(clock.now()));
  clock.advance(500);
  expect([clock.now(), seen]).toEqual([1_500, [1_500]]);
  expect(() => clock.advance(-1)).toThrow(RangeError);
  expect(clock.now()).toBe(1_500);
});

test('an accelerated clock starts where told, never goes back, and cannot be moved by hand', () => {
  const clock = acceleratedClock(1_000, 100_000);
  const readings = Array.from({ length: 50 }, () => clock.now());
  expect(readings[0]).toBeGreaterThanOrEqual(1_000);
  expect(readings).toEqual([...readings].sort((a, b) => a - b));
  for (const one of [clock, realClock()]) expect(() => one.advance(1)).toThrow(/cannot be moved by hand/);
});
