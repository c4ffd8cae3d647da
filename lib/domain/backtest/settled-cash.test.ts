import { expect, test } from 'vitest';
import { withdrawableCash } from './settled-cash.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri'];
test.each([
  { why: 'without trades all of it, said once', cash: [100, 100, 100, 100, 100], changes: [['mon', 100]] },
  {
    why: 'what is bought is gone the same day',
    cash: [100, 30, 30, 30, 30],
    changes: [
      ['mon', 100],
      ['tue', 30],
    ],
  },
  {
    why: 'what is sold on Tuesday can leave on Thursday',
    cash: [0, 70, 70, 70, 70],
    changes: [
      ['mon', 0],
      ['thu', 70],
    ],
  },
  { why: 'money of a sale that buys again never leaves', cash: [0, 70, 0, 0, 0], changes: [['mon', 0]] },
  {
    why: 'of it, what the purchase left',
    cash: [0, 70, 50, 50, 50],
    changes: [
      ['mon', 0],
      ['thu', 50],
    ],
  },
  {
    why: 'a sale and a purchase of one day settle against each other',
    cash: [40, 40, 60, 60, 60],
    changes: [
      ['mon', 40],
      ['fri', 60],
    ],
  },
])('$why', ({ cash, changes }) => {
  expect(withdrawableCash(DAYS, Float64Array.from(cash), cash[0]!, 2)).toEqual(changes);
});

test('of weeks, what is sold in one can leave by the end of the next', () => {
  expect(withdrawableCash(['w1', 'w2', 'w3', 'w4'], Float64Array.from([0, 70, 70, 20]), 0, 1)).toEqual([
    ['w1', 0],
    ['w3', 70],
    ['w4', 20],
  ]);
});
