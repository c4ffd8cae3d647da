import { expect, test } from 'vitest';
import { tickTable } from '#domain/market/ticks.ts';
import { distanceTo, planFault, triggerAt } from './stop-plan.ts';

const bands = tickTable({ day: '2026-11-23', kind: 'stock', market: 'KOSPI' });

test('a trigger a share away lies on the tick, never nearer than asked', () => {
  expect(triggerAt('stop_loss', 71_300, 0.05, bands)).toBe(67_700); // 67,735
  expect(triggerAt('take_profit', 71_300, 0.05, bands)).toBe(74_900); // 74,865
  expect(triggerAt('stop_loss', 1, 0.5, bands)).toBe(1);
});

test('the distance is a fraction of the price, and unknown without one', () => {
  expect(distanceTo(66_500, 70_000)).toBeCloseTo(-0.05);
  expect(distanceTo(null, 70_000)).toBeNull();
  expect(distanceTo(66_500, 0)).toBeNull();
});

const plan = { kind: 'stop_loss', trigger: 66_500, rate: null, quantity: 10, held: 10, price: 70_000 } as const;
test.each([
  { change: {}, fault: null },
  { change: { trigger: null }, fault: 'no_price' },
  { change: { trigger: 70_000 }, fault: 'passed' },
  { change: { kind: 'take_profit' as const }, fault: 'passed' },
  { change: { kind: 'take_profit' as const, trigger: 80_000 }, fault: null },
  { change: { kind: 'trailing' as const }, fault: 'no_rate' },
  { change: { kind: 'trailing' as const, rate: 0.95 }, fault: 'no_rate' },
  { change: { kind: 'trailing' as const, rate: 0.05 }, fault: null },
  { change: { quantity: 11 }, fault: 'no_quantity' },
  { change: { quantity: null }, fault: 'no_quantity' },
])('$change: $fault', ({ change, fault }) => {
  expect(planFault({ ...plan, ...change })).toBe(fault);
});
