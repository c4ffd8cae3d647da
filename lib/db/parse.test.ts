import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toAvgPriceOrNull, toFinite, toKrw, toKrwOrNull, toPrice, toPriceOrNull, toRate, toShares, toSignedKrw } from '#lib/db/parse.ts';
import { AppError } from '#lib/errors.ts';

test.each([
  ['pg numeric', '70000.0000', 70_000],
  ['pg bigint', '9007199254740991', Number.MAX_SAFE_INTEGER],
  ['PostgREST', 70_000, 70_000],
  ['a bigint', 70_000n, 70_000],
  ['nought', '0.00', 0],
])('%s: %s won is %i', (_, value, won) => {
  expect(toKrw(value, 'amount')).toBe(won);
});

test.each([
  ['a fraction of a won', '70000.5', /whole number/],
  ['a fraction in a number', 0.1, /whole number/],
  ['2^53', '9007199254740992', /too large/],
  ['2^53 as a number', 2 ** 53, /too large/],
  ['a very long numeric', '9'.repeat(40), /too large/],
  ['a negative amount', '-1', /not an amount/],
  ['nothing', null, /not a number/],
  ['an empty text', '', /not a number/],
  ['white space', ' 1', /not a number/],
  ['a hexadecimal text', '0x10', /not a number/],
  ['an exponent', '1e3', /not a number/],
  ['a grouped text', '1,000', /not a number/],
  ['NaN from pg', 'NaN', /not a number/],
  ['NaN', Number.NaN, /whole number/],
  ['infinity', Number.POSITIVE_INFINITY, /whole number/],
  ['a boolean', true, /not a number/],
  ['a list', [1], /not a number/],
])('%s is refused as won, by name', (_, value, why) => {
  expect(() => toKrw(value, 'real_orders.cum_amount')).toThrow(why);
  expect(() => toKrw(value, 'real_orders.cum_amount')).toThrow(/real_orders\.cum_amount/);
  expect(() => toKrw(value, 'real_orders.cum_amount')).toThrow(AppError);
});

test('a price is positive and a share count is not negative', () => {
  expect(toPrice('70000', 'price')).toBe(70_000);
  expect(() => toPrice('0', 'price')).toThrow(/not a price/);
  expect(() => toShares('-1', 'quantity')).toThrow(/number of shares/);
  expect(toSignedKrw('-35000.00', 'pnl')).toBe(-35_000);
});

test('what may be absent stays null, and nought does not become absent', () => {
  expect(toPriceOrNull(null, 'price')).toBeNull();
  expect(toPriceOrNull(undefined, 'price')).toBeNull();
  expect(toKrwOrNull('0', 'amount')).toBe(0);
});

test('rates and averages keep their decimals', () => {
  expect(toRate('0.05000000', 'rate')).toBe(0.05);
  expect(toRate(-0.1, 'rate')).toBe(-0.1);
  expect(() => toRate('10000', 'rate')).toThrow(/not a rate/);
  expect(() => toRate('Infinity', 'rate')).toThrow(/not a number/);
  expect(toAvgPriceOrNull('72000.3333', 'avg_price')).toBe(72_000.3333);
});

test('nought has no sign', () => {
  for (const zero of ['-0', '-0.00', -0]) expect(Object.is(toSignedKrw(zero, 'pnl'), 0)).toBe(true);
  expect(Object.is(toFinite('-0.0', 'rate'), 0)).toBe(true);
});

describe('for any value', () => {
  test('text and number of the same whole won are the same won', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (won) => {
        expect(toSignedKrw(String(won), 'x')).toBe(won === 0 ? 0 : won);
        expect(toSignedKrw(`${won}.00`, 'x')).toBe(toSignedKrw(won, 'x'));
        expect(toSignedKrw(BigInt(won), 'x')).toBe(toSignedKrw(won, 'x'));
      }),
    );
  });

  test('either an exact whole number comes out or an AppError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.double().map(String), fc.bigInt().map(String)), (value) => {
        try {
          const won = toSignedKrw(value, 'x');
          expect(Number.isSafeInteger(won)).toBe(true);
          if (typeof value === 'string') expect(BigInt(won)).toBe(BigInt(value.split('.')[0] as string));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
