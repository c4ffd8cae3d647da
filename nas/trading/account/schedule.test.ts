import { describe, expect, test } from 'vitest';
import type { Symbol } from '#domain/order/order.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { createSchedule } from './schedule.ts';

let now = 0;
/** Time passes between any two looks at the clock, as it does. */
const clock = { monotonic: () => (now += 1e-9) };
const A = '000660' as Symbol;
const B = '005930' as Symbol;
const order = (status: OrderRow['status'], symbol = A) => ({ id: `${status} ${symbol}`, status, symbol }) as OrderRow;

/** Every moment, in seconds, at which the list would be read within `seconds`. */
function reads(orders: readonly OrderRow[], seconds: number): number[] {
  now = 0;
  const schedule = createSchedule(clock);
  schedule.began(null, orders);
  const found: number[] = [];
  for (let due = schedule.nextInquiryAt(orders); due <= seconds * 1000 + 1; due = schedule.nextInquiryAt(orders)) {
    now = due;
    schedule.began(null, orders);
    found.push(Math.round(due) / 1000);
  }
  return found;
}

test('an unknown order is looked for at 1, 2, 4, 8, 15, 30, 60 s and every 15 s after', () => {
  expect(reads([order('unknown')], 90)).toEqual([1, 2, 4, 8, 15, 30, 60, 75, 90]);
});

test('while anything works the list is read every 5 s, else each minute', () => {
  expect(reads([order('accepted')], 20)).toEqual([5, 10, 15, 20]);
  expect(reads([order('pending')], 130)).toEqual([60, 120]);
});

test('a reason to look now is not put off', () => {
  now = 0;
  const schedule = createSchedule(clock);
  schedule.began(null, []);
  now = 300;
  schedule.poke(null);
  expect(schedule.nextInquiryAt([])).toBeLessThan(300);
  expect(schedule.due([])).toBeNull();
});

describe('by symbol', () => {
  test('only what is wanted is due, and everything each minute', () => {
    now = 0;
    const schedule = createSchedule(clock);
    const orders = [order('accepted', A), order('unknown', B)];
    schedule.began(null, orders);
    now = 1_001;
    expect(schedule.due(orders)).toEqual([B]);
    schedule.began(B, orders);
    expect(schedule.due(orders)).toEqual([]);
    expect(schedule.nextInquiryAt(orders)).toBeCloseTo(2_000);
    now = 5_001;
    expect(new Set(schedule.due(orders))).toEqual(new Set([A, B]));
    schedule.began(A, orders);
    schedule.began(B, orders);
    expect(schedule.nextInquiryAt(orders)).toBeCloseTo(8_000);
    now = 60_001;
    expect(schedule.due(orders)).toBeNull();
  });

  test('a poked symbol is due at once; a whole list answers for all of them', () => {
    now = 0;
    const schedule = createSchedule(clock);
    schedule.began(null, []);
    schedule.poke(A);
    schedule.poke(B);
    expect(schedule.due([])).toEqual([A, B]);
    schedule.began(A, []);
    expect(schedule.due([])).toEqual([B]);
    schedule.began(null, []);
    expect(schedule.due([])).toEqual([]);
  });
});
