import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tickTable } from '#domain/market/ticks.ts';
import { enterMarket, meetPrints, type PaperMarket, type PaperOrder } from './match.ts';

const MARKET: PaperMarket = {
  price: 10_000,
  volume: 1_000,
  isAuction: false,
  isHalted: false,
  asks: [
    { price: 10_010, quantity: 30 },
    { price: 10_020, quantity: 50 },
  ],
  bids: [
    { price: 9_990, quantity: 40 },
    { price: 9_980, quantity: 60 },
  ],
  upperLimit: 13_000,
  lowerLimit: 7_000,
  bands: tickTable({ day: '2026-11-23', kind: 'stock', market: 'KOSPI' }),
};
const anOrder = (over: Partial<PaperOrder> = {}): PaperOrder => ({
  number: '0000000001',
  side: 'buy',
  limitPrice: 9_990,
  timeInForce: 'day',
  leaves: 100,
  seenVolume: null,
  queueAhead: 0,
  eligibleVolume: 0,
  printFilled: 0,
  ...over,
});
const NOTHING_TAKEN = new Map<number, number>();
const enter = (order: Partial<PaperOrder>, market: Partial<PaperMarket> = {}, taken = NOTHING_TAKEN) =>
  enterMarket(anOrder(order), { ...MARKET, ...market }, taken);
const meet = (order: Partial<PaperOrder>, market: Partial<PaperMarket>) =>
  meetPrints([anOrder({ seenVolume: 1_000, ...order })], { ...MARKET, ...market })[0]!;
const prices = (fills: readonly { price: number; quantity: number }[]) => fills.map((fill) => `${fill.quantity}@${fill.price}`);

describe('the first look', () => {
  test.each([
    { why: 'an order without a price walks the book', order: { limitPrice: null }, fills: ['30@10010', '50@10020'], leaves: 20 },
    { why: 'a price stops the walk', order: { limitPrice: 10_010 }, fills: ['30@10010'], leaves: 70 },
    { why: 'a passive order takes nothing', order: {}, fills: [], leaves: 100 },
    { why: 'a sale walks the bids', order: { side: 'sell', limitPrice: 9_980, leaves: 70 }, fills: ['40@9990', '30@9980'], leaves: 0 },
  ] as const)('$why', ({ order, fills, leaves }) => {
    const result = enter(order);
    expect(prices(result.fills)).toEqual(fills);
    expect(result.order).toMatchObject({ leaves, seenVolume: 1_000 });
  });

  test('what was taken from the same picture of the book is gone', () => {
    expect(prices(enter({ limitPrice: null }, {}, new Map([[10_010, 25]])).fills)).toEqual(['5@10010', '50@10020']);
  });

  test('a passive order queues behind what is shown at its price', () => {
    expect(enter({}).order.queueAhead).toBe(40);
    expect(enter({ limitPrice: 9_970 }).order.queueAhead).toBe(0);
  });

  test('an immediate order ends with what it got; all or nothing takes all or nothing', () => {
    expect(enter({ limitPrice: null, timeInForce: 'ioc' })).toMatchObject({ cancelled: 20, order: { leaves: 0 } });
    expect(enter({ limitPrice: null, timeInForce: 'fok' })).toMatchObject({ fills: [], cancelled: 100, order: { leaves: 0 } });
    expect(enter({ limitPrice: null, timeInForce: 'fok', leaves: 80 })).toMatchObject({ cancelled: 0, order: { leaves: 0 } });
  });

  test.each([{ isAuction: true }, { isHalted: true }])('no book is walked when %o', (state) => {
    expect(enter({ limitPrice: null }, state).fills).toEqual([]);
  });
});

describe('a print', () => {
  test.each([
    {
      why: 'beyond our price fills us at our price, a tenth of it',
      order: {},
      market: { price: 9_980, volume: 1_300 },
      fills: ['30@9990'],
    },
    { why: 'on the near side fills nothing', order: {}, market: { price: 10_000, volume: 9_000 }, fills: [] },
    { why: 'at our price first serves the queue', order: { queueAhead: 40 }, market: { price: 9_990, volume: 1_240 }, fills: ['20@9990'] },
    { why: 'at our price that is all for the queue', order: { queueAhead: 40 }, market: { price: 9_990, volume: 1_030 }, fills: [] },
    { why: 'pays slippage without a price', order: { limitPrice: null }, market: { price: 10_000, volume: 1_300 }, fills: ['30@10010'] },
    {
      why: 'costs a sale without a price slippage too',
      order: { limitPrice: null, side: 'sell' },
      market: { volume: 1_300 },
      fills: ['30@9990'],
    },
    {
      why: 'of an auction is one price for all',
      order: { limitPrice: 11_000 },
      market: { isAuction: true, volume: 1_300 },
      fills: ['30@10000'],
    },
    { why: 'at the upper limit sells to nobody', order: { limitPrice: null }, market: { price: 13_000, volume: 9_000 }, fills: [] },
    {
      why: 'at the lower limit buys from nobody',
      order: { limitPrice: null, side: 'sell' },
      market: { price: 7_000, volume: 9_000 },
      fills: [],
    },
    { why: 'of a halted market is none', order: {}, market: { price: 9_000, volume: 9_000, isHalted: true }, fills: [] },
    { why: 'never gives more than is left', order: { leaves: 7 }, market: { price: 9_000, volume: 9_000 }, fills: ['7@9990'] },
  ] as const)('$why', ({ order, market, fills }) => {
    expect(prices(meet(order, market).fills)).toEqual(fills);
  });

  test('small prints add up until a share of ours fits', () => {
    let order = anOrder({ seenVolume: 1_000 });
    let filled = 0;
    for (let volume = 1_003; volume <= 1_030; volume += 3) {
      const [result] = meetPrints([order], { ...MARKET, price: 9_980, volume });
      order = result!.order;
      filled += result!.fills.reduce((sum, fill) => sum + fill.quantity, 0);
    }
    expect(filled).toBe(3);
  });

  test('the order without a price and the better price come first', () => {
    const orders = [
      anOrder({ number: '1', seenVolume: 1_000, limitPrice: 9_980 }),
      anOrder({ number: '2', seenVolume: 1_000, limitPrice: 9_990 }),
      anOrder({ number: '3', seenVolume: 1_000, limitPrice: null, leaves: 20 }),
    ];
    const results = meetPrints(orders, { ...MARKET, price: 9_970, volume: 1_500 });
    expect(results.map(({ fills }) => fills[0]?.quantity ?? 0)).toEqual([0, 30, 20]);
  });
});

const quantity = fc.integer({ min: 1, max: 500 });
const order = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  limitPrice: fc.option(fc.integer({ min: 700, max: 1_300 }).map((tens) => tens * 10)),
  leaves: quantity,
  queueAhead: fc.integer({ min: 0, max: 300 }),
});
const print = fc.record({
  price: fc.integer({ min: 700, max: 1_300 }).map((tens) => tens * 10),
  quantity: fc.integer({ min: 0, max: 2_000 }),
});

test('whatever is printed: a print seen twice changes nothing, fills stay within order, price and a tenth of the volume', () => {
  fc.assert(
    fc.property(fc.array(order, { minLength: 1, maxLength: 5 }), fc.array(print, { maxLength: 20 }), (wanted, prints) => {
      let orders = wanted.map((one, i) => anOrder({ ...one, number: String(i), seenVolume: 1_000 }));
      let volume = 1_000;
      let filled = 0;
      for (const { price, quantity: printed } of prints) {
        volume += printed;
        const market = { ...MARKET, price, volume };
        const results = meetPrints(orders, market);
        for (const { order: after, fills } of results) {
          for (const fill of fills) {
            filled += fill.quantity;
            const isFair = after.limitPrice === null || fill.price === after.limitPrice;
            expect(isFair && fill.price >= MARKET.lowerLimit && fill.price <= MARKET.upperLimit).toBe(true);
          }
          expect(after.leaves).toBeGreaterThanOrEqual(0);
        }
        orders = results.map((result) => result.order);
        expect(meetPrints(orders, market).flatMap((again) => again.fills)).toEqual([]);
      }
      expect(filled).toBeLessThanOrEqual(Math.ceil((volume - 1_000) / 10) + wanted.length);
    }),
  );
});
