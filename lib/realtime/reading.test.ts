import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { olderOf, Reading } from './reading.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

/** A reading whose answers are given by hand, in any order. */
function byHand() {
  const asked: { answer: (value: string) => void; fail: () => void }[] = [];
  const shown: string[] = [];
  const reading = new Reading<string>(
    () => new Promise((answer, reject) => void asked.push({ answer, fail: () => reject(new Error('no link')) })),
    (value) => shown.push(value),
  );
  return { reading, asked, shown };
}

test('a reading that was overtaken by a later one is not shown', async () => {
  const { reading, asked, shown } = byHand();
  const readings = [reading.reread(), reading.reread()];
  asked[1]!.answer('new');
  await readings[1];
  asked[0]!.answer('old');
  await Promise.all(readings);
  expect(shown).toEqual(['new']);
  expect(reading.staleSince()).toBeNull();
});

test('a failure tells since when the values may be old, and is tried again until a reading succeeds', async () => {
  const { reading, asked, shown } = byHand();
  const heard: (number | null)[] = [];
  reading.watch(() => heard.push(reading.staleSince()));
  const first = reading.reread();
  asked[0]!.answer('good');
  await first;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);

  const second = reading.reread();
  asked[1]!.fail();
  await second;
  expect(reading.staleSince()).toBe(1_000_000);

  await vi.advanceTimersByTimeAsync(5_000);
  asked[2]!.fail();
  await vi.advanceTimersByTimeAsync(5_000);
  asked[3]!.answer('better');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(4);
  expect(shown).toEqual(['good', 'better']);
  expect(heard).toEqual([null, 1_000_000, 1_000_000, null]);
});

test('before the first reading succeeds, what the page brought is as old as the page', async () => {
  const { reading, asked } = byHand();
  await vi.advanceTimersByTimeAsync(3_000);
  const first = reading.reread();
  asked[0]!.fail();
  await first;
  expect(reading.staleSince()).toBe(1_000_000);
});

test('an older reading that succeeds late does not end the staleness that a newer failure told', async () => {
  const { reading, asked, shown } = byHand();
  const readings = [reading.reread(), reading.reread()];
  asked[1]!.fail();
  await readings[1];
  asked[0]!.answer('a little newer');
  await Promise.all(readings);
  expect(shown).toEqual(['a little newer']);
  expect(reading.staleSince()).not.toBeNull();
});

test('a reading that never answers is told, tried again, and shown if it answers after all', async () => {
  const { reading, asked, shown } = byHand();
  reading.watch(() => {});
  const first = reading.reread();
  await vi.advanceTimersByTimeAsync(14_999);
  expect(reading.staleSince()).toBeNull();
  await vi.advanceTimersByTimeAsync(1);
  expect(reading.staleSince()).toBe(1_000_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(2);
  asked[0]!.answer('late');
  await first;
  expect(shown).toEqual(['late']);
  expect(reading.staleSince()).toBeNull();
});

test.each([
  { a: null, b: null, older: null },
  { a: 5, b: null, older: 5 },
  { a: null, b: 7, older: 7 },
  { a: 5, b: 7, older: 5 },
])('the older of $a and $b is $older', ({ a, b, older }) => {
  expect(olderOf(a, b)).toBe(older);
});

test('a change heard while a reading is under way is shown again over what that reading brings, and only that once', async () => {
  const { reading, asked, shown } = byHand();
  const first = reading.reread();
  reading.overlay(() => shown.push('heard'));
  asked[0]!.answer('read before it');
  await first;
  expect(shown).toEqual(['heard', 'read before it', 'heard']);
  const second = reading.reread();
  asked[1]!.answer('read after it');
  await second;
  expect(shown.slice(3)).toEqual(['read after it']);
});

test('nobody who watches, nothing tried again; a new watcher takes it up', async () => {
  const { reading, asked } = byHand();
  const leave = reading.watch(() => {});
  const first = reading.reread();
  asked[0]!.fail();
  await first;
  leave();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
  reading.watch(() => {});
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(2);
});
