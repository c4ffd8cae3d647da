import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOnTick, tickTable } from '#domain/market/ticks.ts';
import { type ArmedStop, type SeenPrice, STOP_PRICE_SECONDS, testStop } from '#domain/risk/protective-stop.ts';
import { roundTrigger, STOP_KINDS, stopLevels } from '#domain/risk/stop-levels.ts';

const bands = tickTable({ day: '2026-11-23', kind: 'stock', market: 'KOSPI' });
const day = { limits: { upper: 91_000, lower: 49_000 }, bands };
const now = (price: number): SeenPrice => ({ price, ageSeconds: 0, isSendable: true });
const loss = (trigger: number): ArmedStop => ({ kind: 'stop_loss', trigger, highWater: 0, trailRate: null });
const trailing = (trailRate: number, highWater = 0, trigger: number | null = null): ArmedStop => ({
  kind: 'trailing',
  trigger,
  highWater,
  trailRate,
});

test.each([
  { stop: loss(64_400), price: 64_400, kind: 'fire', why: 'at the trigger' },
  { stop: loss(64_400), price: 50_000, kind: 'fire', why: 'gapped through: at once, at whatever price comes' },
  { stop: loss(64_400), price: 64_500, kind: 'keep', why: 'one tick above' },
  { stop: { ...loss(80_000), kind: 'take_profit' as const }, price: 80_000, kind: 'fire', why: 'a target is met from below' },
  { stop: { ...loss(80_000), kind: 'take_profit' as const }, price: 79_900, kind: 'keep', why: 'one tick below the target' },
  { stop: trailing(0.1), price: 70_000, kind: 'keep', why: 'the first price only sets the high' },
  { stop: trailing(0.1, 70_000, 63_000), price: 63_000, kind: 'fire', why: 'ten per cent below its high' },
])('$stop.kind at $price: $kind ($why)', ({ stop, price, kind }) => {
  expect(testStop(stop, now(price), day).kind).toBe(kind);
});

test.each([
  { seen: { price: 50_000, ageSeconds: STOP_PRICE_SECONDS + 1, isSendable: true }, reason: 'stale', why: 'an old price' },
  { seen: { price: 50_000, ageSeconds: Number.NaN, isSendable: true }, reason: 'stale', why: 'a price without a time' },
  { seen: { price: 50_000, ageSeconds: -60, isSendable: true }, reason: 'stale', why: 'a price from the future' },
  {
    seen: { price: 14_000, ageSeconds: 0, isSendable: true },
    reason: 'outside_limits',
    why: 'below the lower limit: a split or a bad print',
  },
  { seen: { price: 0, ageSeconds: 0, isSendable: true }, reason: 'outside_limits', why: 'no price at all' },
  { seen: { price: 50_000, ageSeconds: 0, isSendable: false }, reason: 'no_session', why: 'after the close nothing can be sent' },
])('$why neither fires nor moves a stop', ({ seen, reason }) => {
  for (const stop of [loss(64_400), trailing(0.1, 90_000, 81_000)]) {
    expect(testStop(stop, seen, day)).toEqual({ kind: 'refused', reason });
  }
});

/** What the watcher does with a run of prices: it stops at the first that fires. */
function watch(stop: ArmedStop, prices: readonly SeenPrice[]): { stops: ArmedStop[]; firedAt: number | null } {
  const stops = [stop];
  for (const [i, seen] of prices.entries()) {
    const verdict = testStop(stops.at(-1)!, seen, day);
    if (verdict.kind === 'fire') return { stops, firedAt: i };
    if (verdict.kind === 'keep') stops.push(verdict.stop);
  }
  return { stops, firedAt: null };
}

describe('any run of prices', () => {
  const price = fc.integer({ min: 490, max: 910 }).map((n) => n * 100);
  const seen = fc.record({ price, ageSeconds: fc.double({ min: 0, max: 30, noNaN: true }), isSendable: fc.boolean() });
  const rate = fc.integer({ min: 1, max: 900 }).map((n) => n / 1_000);

  test('the high water and the trigger of a trailing stop only rise, and the trigger is on the tick below the high', () => {
    fc.assert(
      fc.property(rate, fc.array(seen, { maxLength: 40 }), (trailRate, prices) => {
        const { stops } = watch(trailing(trailRate), prices);
        for (const [i, stop] of stops.entries()) {
          const before = stops[i - 1];
          expect(stop.highWater).toBeGreaterThanOrEqual(before?.highWater ?? 0);
          expect(stop.trigger ?? 0).toBeGreaterThanOrEqual(before?.trigger ?? 0);
          if (stop.trigger === null) continue;
          expect(isOnTick(stop.trigger, bands)).toBe(true);
          expect(stop.trigger).toBeLessThan(stop.highWater);
        }
      }),
    );
  });

  test('it fires at the first fresh price at or through its trigger and at no other', () => {
    fc.assert(
      fc.property(price, fc.constantFrom('stop_loss', 'take_profit', 'atr'), fc.array(seen, { maxLength: 40 }), (trigger, kind, prices) => {
        const isMet = (p: SeenPrice) =>
          p.ageSeconds <= STOP_PRICE_SECONDS && p.isSendable && (kind === 'take_profit' ? p.price >= trigger : p.price <= trigger);
        const first = prices.findIndex(isMet);
        expect(watch({ kind, trigger, highWater: 0, trailRate: null }, prices).firedAt).toBe(first < 0 ? null : first);
      }),
    );
  });

  test('only stale prices: nothing ever fires', () => {
    const old = seen.map((one) => ({ ...one, ageSeconds: one.ageSeconds + STOP_PRICE_SECONDS + 0.001 }));
    fc.assert(
      fc.property(rate, fc.array(old), (r, prices) => {
        expect(watch(trailing(r, 91_000, 90_900), prices).firedAt).toBeNull();
      }),
    );
  });
});

test('the levels of a strategy: from entry, from the high, by ATR; a level of nothing protects nothing', () => {
  const rates = { loss: 0.08, trailing: 0.12, profit: 0.25, atrDistance: 5_000 };
  const levels = stopLevels(rates, { entryPrice: 70_000, highWater: 80_000 });
  expect(levels.map(({ kind }) => kind)).toEqual([...STOP_KINDS]);
  // 70,000 × 0.92, 80,000 × 0.88, 70,000 − 5,000, 70,000 × 1.25; on ticks of 100 won.
  expect(levels.map(({ kind, level }) => roundTrigger(level, kind === 'take_profit' ? 'up' : 'down', bands))).toEqual([
    64_400, 70_400, 65_000, 87_500,
  ]);
  expect(stopLevels({ ...rates, atrDistance: 70_000 }, { entryPrice: 70_000, highWater: 80_000 })).toHaveLength(3);
});
