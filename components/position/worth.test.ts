import { expect, test } from 'vitest';
import { totalWorth, worthOf } from './worth.ts';

const position = { quantity: 10, purchaseAmount: 100_000, lastPrice: 9_000 };

test('the live price values a position, the stored one when there is none', () => {
  expect(worthOf(position, 11_000)).toEqual({ price: 11_000, value: 110_000, profit: 10_000, rate: 0.1 });
  expect(worthOf(position, undefined)).toMatchObject({ price: 9_000, profit: -10_000 });
});

test('without any price it counts at cost and claims no profit', () => {
  expect(worthOf({ ...position, lastPrice: null }, undefined)).toEqual({ price: null, value: 100_000, profit: 0, rate: null });
});

test('the rate of the whole is over what everything cost', () => {
  const worths = [worthOf(position, 11_000), worthOf({ ...position, purchaseAmount: 300_000 }, 30_000)];
  expect(totalWorth(worths, 400_000)).toEqual({ value: 410_000, profit: 10_000, rate: 0.025 });
});
