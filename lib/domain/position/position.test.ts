import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyFill, type Fill, livePnl, NO_POSITION, type Position, pnlAfterSale, positionAverage } from '#domain/position/position.ts';

const buy = (quantity: number, amount: number): Fill => ({ side: 'buy', quantity, amount });
const sell = (quantity: number, amount: number): Fill => ({ side: 'sell', quantity, amount });
const holding = (...fills: Fill[]): Position =>
  fills.reduce((position, fill) => {
    const change = applyFill(position, fill);
    if (!change.ok) throw new Error(change.reason);
    return change.position;
  }, NO_POSITION);

test('two buys average: 10 at 70,000 and 20 at 73,000 are 30 at 72,000', () => {
  // 700,000 + 1,460,000 = 2,160,000; ÷ 30 = 72,000
  const position = holding(buy(10, 700_000), buy(20, 1_460_000));
  expect(position).toMatchObject({ quantity: 30, purchaseAmount: 2_160_000, realizedPnl: 0 });
  expect(positionAverage(position)).toBe(72_000);
});

test('a partial sale earns its proceeds minus its share of the cost, and leaves the average', () => {
  // 12 of 30 cost 2,160,000 × 12 ÷ 30 = 864,000; sold for 12 × 75,000 = 900,000: +36,000
  const position = holding(buy(30, 2_160_000), sell(12, 900_000));
  expect(position).toMatchObject({ quantity: 18, purchaseAmount: 1_296_000, realizedPnl: 36_000 });
  expect(positionAverage(position)).toBe(72_000);
});

test('odd won stay with the shares and leave with the last one', () => {
  // 3 for 10,000: 1st sale costs 3,333, 2nd 6,667 ÷ 2 = 3,333, 3rd the rest, 3,334
  expect(holding(buy(3, 10_000), sell(1, 3_333))).toMatchObject({ purchaseAmount: 6_667, realizedPnl: 0 });
  expect(holding(buy(3, 10_000), sell(1, 3_333), sell(1, 3_333))).toMatchObject({ purchaseAmount: 3_334, realizedPnl: 0 });
  expect(holding(buy(3, 10_000), sell(1, 3_333), sell(1, 3_333), sell(1, 3_334))).toMatchObject({
    quantity: 0,
    purchaseAmount: 0,
    realizedPnl: 0,
  });
});

test('commission and tax are kept apart from each other and from the P&L', () => {
  const bought = applyFill(NO_POSITION, buy(10, 700_000), { commission: 98 });
  const sold = bought.ok ? applyFill(bought.position, sell(10, 710_000), { commission: 99, tax: 1_420 }) : bought;
  expect(sold).toMatchObject({ ok: true, realizedPnl: 10_000, position: { realizedPnl: 10_000, commissionPaid: 197, taxPaid: 1_420 } });
});

test('selling more than is held is refused and changes nothing', () => {
  expect(applyFill(holding(buy(10, 700_000)), sell(11, 770_000))).toEqual({ ok: false, reason: 'oversold' });
});

test.each([buy(0, 0), buy(-1, 100), buy(1.5, 100), buy(1, -1), buy(1, 0.5), sell(Number.NaN, 1)])('refuses a broken fill: %j', (fill) => {
  expect(applyFill(holding(buy(10, 700_000)), fill)).toEqual({ ok: false, reason: 'bad_fill' });
});

describe('live profit and loss', () => {
  const position = holding(buy(10, 700_000));

  test('is shares at the last price minus what they cost', () => {
    expect(livePnl(position, 73_500)).toEqual({ value: 735_000, unrealizedPnl: 35_000, returnRate: 0.05 });
    expect(livePnl(position, 63_000)).toEqual({ value: 630_000, unrealizedPnl: -70_000, returnRate: -0.1 });
  });

  test('has no rate without a cost', () => {
    expect(livePnl(NO_POSITION, 70_000)).toEqual({ value: 0, unrealizedPnl: 0, returnRate: null });
  });

  test('after a sale lacks its commission and tax', () => {
    // 735,000: commission 0.015 % = 110.25 → 110; tax 0.20 % = 1,470; 35,000 − 110 − 1,470 = 33,420
    const costs = { commissionRate: 0.00015, market: 'KOSPI', kind: 'stock', settlementDay: '2026-10-06' } as const;
    expect(pnlAfterSale(position, 73_500, costs)).toBe(33_420);
  });
});

test('whatever is traded, cash and the cost of what is held always add up to the realised P&L, to the won', () => {
  const fills = fc.array(
    fc.record({ isBuy: fc.boolean(), quantity: fc.integer({ min: 1, max: 10_000 }), price: fc.integer({ min: 1, max: 2_000_000 }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(fills, (trades) => {
      let position = NO_POSITION;
      let cash = 0;
      for (const { isBuy, quantity, price } of trades) {
        const change = applyFill(position, { side: isBuy ? 'buy' : 'sell', quantity, amount: quantity * price });
        if (!change.ok) continue;
        cash += isBuy ? -quantity * price : quantity * price;
        position = change.position;
        expect(position.quantity).toBeGreaterThanOrEqual(0);
        expect(position.purchaseAmount).toBeGreaterThanOrEqual(0);
        if (position.quantity === 0) expect(position.purchaseAmount).toBe(0);
      }
      expect(cash + position.purchaseAmount).toBe(position.realizedPnl);
    }),
  );
});
