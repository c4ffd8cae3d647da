import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exp, log, pow } from './math.ts';

function close(ours: number, reference: number, relative: number): void {
  expect(Math.abs(ours - reference)).toBeLessThanOrEqual(relative * Math.max(Math.abs(reference), Number.MIN_VALUE));
}

test('exp agrees with the platform to 15 digits over its whole range', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => {
      close(exp(x), Math.exp(x), 1e-15);
    }),
  );
});

test('log agrees with the platform to 15 digits from the smallest to the largest number', () => {
  fc.assert(
    fc.property(fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }), (x) => {
      close(log(x), Math.log(x), 1e-15);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => {
      close(log(x), Math.log(x), 4e-16);
    }),
  );
});

test('pow agrees with the platform for growth rates', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.double({ min: -20, max: 20, noNaN: true }), (x, y) => {
      close(pow(x, y), x ** y, 2e-13);
    }),
  );
});

test.each([
  [() => exp(0), 1],
  [() => exp(1000), Number.POSITIVE_INFINITY],
  [() => exp(-1000), 0],
  [() => log(1), 0],
  [() => log(10), Math.LN10],
  [() => log(0), Number.NEGATIVE_INFINITY],
  [() => log(-1), Number.NaN],
  [() => pow(2, 10), 1024],
  [() => pow(-2, 3), -8],
  [() => pow(4, -2), 0.0625],
  [() => pow(4, 0.5), 2],
  [() => pow(0, 0.5), 0],
])('known value %#', (compute, value) => {
  expect(compute()).toBe(value);
});
