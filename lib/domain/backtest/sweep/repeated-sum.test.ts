import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RepeatedSum } from './repeated-sum.ts';

function oneByOne(sum: number, step: number, times: number): number {
  let total = sum;
  for (let n = 0; n < times; n += 1) total += step;
  return total;
}

const times = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 5 });

test('gives what one addition after the other gives, to the bit', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1e-3, noNaN: true }),
      times,
      (sum, step, stretches) => {
        const repeated = new RepeatedSum(step);
        let [actual, expected] = [sum, sum];
        for (const count of stretches) {
          actual = repeated.addTo(actual, count);
          expected = oneByOne(expected, step, count);
          expect(actual).toBe(expected);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('rounds steps of whole and half distances between doubles, and sums near a power of two, as additions do', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -12, max: 2 }),
      fc.integer({ min: -300, max: 300 }),
      fc.integer({ min: 1, max: 19 }),
      times,
      (exponent, offset, halves, stretches) => {
        const power = 2 ** exponent;
        const distance = power * 2 ** -52;
        const step = (halves / 2) * distance;
        const begin = power + (offset / 2) * distance; // below the power doubles lie twice as close
        const repeated = new RepeatedSum(step);
        let [actual, expected] = [begin, begin];
        for (const count of stretches) {
          actual = repeated.addTo(actual, count);
          expected = oneByOne(expected, step, count);
          expect(actual).toBe(expected);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
