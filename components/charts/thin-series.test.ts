import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thinSeries } from './thin-series.ts';

const curve = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: -1, max: 0, noNaN: true })), { minLength: 1, maxLength: 3_000 })
  .map((points) => points.map(([equity, drawdown], at) => [String(at).padStart(6, '0'), equity, drawdown] as const));

test('thinning keeps the ends, the deepest drawdown and the order, and stays near the limit', () => {
  fc.assert(
    fc.property(curve, fc.integer({ min: 10, max: 500 }), (points, most) => {
      const thin = thinSeries(points, most);
      expect(thin[0]).toEqual(points[0]);
      expect(thin.at(-1)).toEqual(points.at(-1));
      expect(Math.min(...thin.map(([, , drawdown]) => drawdown))).toBe(Math.min(...points.map(([, , drawdown]) => drawdown)));
      expect(thin.map(([day]) => day)).toEqual([...thin.map(([day]) => day)].sort());
      expect(thin.length).toBeLessThanOrEqual(most + 3);
    }),
    { numRuns: 50 },
  );
});
