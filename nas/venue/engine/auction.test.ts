import { expect, test } from 'vitest';
import { auctionPrice } from './auction.ts';
import type { BookOrder } from './order-book.ts';

const orders = (...rows: readonly [side: 'buy' | 'sell', price: number | null, open: number][]): BookOrder[] =>
  rows.map(([side, price, open], i) => ({ id: i, owner: `owner${i}`, side, price, open, sequence: i }));

test.each([
  {
    why: 'the price at which most shares trade',
    // demand: 10,100 → 30; 10,000 → 80; 9,900 → 100. supply: 9,900 → 40; 10,000 → 90; 10,100 → 100. min: 30, 80, 40.
    book: orders(
      ['buy', 10_100, 30],
      ['buy', 10_000, 50],
      ['buy', 9_900, 20],
      ['sell', 9_900, 40],
      ['sell', 10_000, 50],
      ['sell', 10_100, 10],
    ),
    reference: 10_000,
    expected: { price: 10_000, volume: 80 },
  },
  {
    why: 'of equal volumes the smaller remainder',
    // 10,100: demand 50, supply 90 → 50, 40 left over. 10,000: demand 60, supply 50 → 50, 10 left over.
    book: orders(['buy', 10_100, 50], ['buy', 10_000, 10], ['sell', 10_000, 50], ['sell', 10_100, 40]),
    reference: 10_100,
    expected: { price: 10_000, volume: 50 },
  },
  {
    why: 'of equal remainders the price nearest the reference',
    // any price of 9,900 … 10,100 trades 10 and leaves 0; the reference decides.
    book: orders(['buy', 10_100, 10], ['sell', 9_900, 10]),
    reference: 9_950,
    expected: { price: 9_900, volume: 10 },
  },
  {
    why: 'of two equally near the higher',
    book: orders(['buy', 10_100, 10], ['sell', 9_900, 10]),
    reference: 10_000,
    expected: { price: 10_100, volume: 10 },
  },
  {
    why: 'a market order takes part at every price',
    book: orders(['buy', null, 25], ['sell', 10_300, 20], ['sell', 10_400, 20]),
    reference: 10_000,
    // 10,300: supply 20 → 20; 10,400: supply 40, demand 25 → 25.
    expected: { price: 10_400, volume: 25 },
  },
  {
    why: 'market orders alone meet at the reference price',
    book: orders(['buy', null, 7], ['sell', null, 4]),
    reference: 10_000,
    expected: { price: 10_000, volume: 4 },
  },
  { why: 'nothing when nobody meets', book: orders(['buy', 9_900, 10], ['sell', 10_000, 10]), reference: 10_000, expected: null },
  { why: 'nothing when one side is empty', book: orders(['buy', null, 10]), reference: 10_000, expected: null },
])('gives $why', ({ book, reference, expected }) => {
  expect(auctionPrice(book, reference)).toEqual(expected);
});
