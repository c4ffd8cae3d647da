import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aRun, aTrade } from '#lib/testing/example-run.ts';
import { computeMetrics } from '../metrics.ts';
import { CORE_METRICS, coreMetrics } from './core-metrics.ts';

/** Flat stretches, falls that do not come back, new highs and ruin, from one session to two years of them. */
const anyCurve = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.constant(1_000), fc.double({ min: 0.5, max: 2_000, noNaN: true })),
  {
    minLength: 1,
    maxLength: 500,
  },
);
const anyTrades = fc.array(
  fc.integer({ min: -300, max: 300 }).map((pnl) => aTrade({ pnl })),
  { maxLength: 40 },
);

test('the core figures are those of the full report, to the bit', () => {
  fc.assert(
    fc.property(anyCurve, anyTrades, fc.integer({ min: 1, max: 3_000 }), (equity, trades, capital) => {
      const run = aRun(equity, trades, capital);
      const full = computeMetrics(run);
      expect(coreMetrics(run)).toStrictEqual(Object.fromEntries(CORE_METRICS.map((name) => [name, full[name]])));
    }),
    { numRuns: 300 },
  );
});
