import { expect, test } from 'vitest';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { createSchedule } from './schedule.ts';

let now = 0;
const clock = { monotonic: () => now };
const order = (status: OrderRow['status']) => ({ id: status, status }) as OrderRow;

/** Every moment, in seconds, at which the list would be read within `seconds`. */
function reads(orders: readonly OrderRow[], seconds: number): number[] {
  now = 0;
  const schedule = createSchedule(clock);
  schedule.began(orders);
  const found: number[] = [];
  for (let due = schedule.nextInquiryAt(orders); due <= seconds * 1000; due = schedule.nextInquiryAt(orders)) {
    now = due;
    schedule.began(orders);
    found.push(due / 1000);
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
  schedule.began([]);
  now = 300;
  schedule.poke();
  expect(schedule.nextInquiryAt([])).toBe(300);
});
