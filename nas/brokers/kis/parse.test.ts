import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Symbol } from '#domain/order/order.ts';
import { toHoldings, toOrder, toOrderBook, toQuote } from './parse.ts';
import { holdingRow, orderBookAnswer, orderRow, priceAnswer } from './schemas.ts';

// biome-ignore lint/suspicious/noExplicitAny: fixtures are foreign JSON
const sample = (name: string): any => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')).response;
const CODE = '000660' as Symbol;

test('no row, however damaged, becomes a fill beyond its order, a part of a share or a stranger’s number', () => {
  const good = sample('live-inquire-daily-ccld').output1[0];
  const value = fc.oneof(
    fc.constantFrom('', '0', '1', '-1', '1.5', '1.0', '01', '99999999999999999999', 'NaN', '1e3', '０'),
    fc.string(),
    fc.integer(),
    fc.constant(null),
  );
  const damage = fc.dictionary(fc.constantFrom(...Object.keys(good)), value, { maxKeys: 4 });
  fc.assert(
    fc.property(damage, (over) => {
      const parsed = orderRow.safeParse({ ...good, ...over });
      if (!parsed.success) return;
      let order: ReturnType<typeof toOrder>;
      try {
        order = toOrder(parsed.data, () => {});
      } catch (error) {
        expect((error as Error).name).toBe('UnreadableAnswer');
        return;
      }
      expect(order.brokerOrderId).toMatch(/^\d{10}$/);
      expect(order.cumQuantity).toBeLessThanOrEqual(order.quantity);
      for (const number of [order.quantity, order.cumQuantity, order.cumAmount, order.leavesQuantity, order.cancelledQuantity]) {
        expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('holdings of one stock are summed whatever their order, and zero rows vanish', () => {
  const good = sample('inquire-balance').output1[0];
  const rows = fc.array(
    fc.record({
      pdno: fc.constantFrom('009150', '005930', '114800'),
      hldg_qty: fc.nat(1_000).map(String),
      pchs_amt: fc.nat(1_000_000).map(String),
    }),
  );
  fc.assert(
    fc.property(rows, (overs) => {
      const holdings = toHoldings(overs.map((over) => holdingRow.parse({ ...good, ...over })));
      expect(holdings.every((one) => one.quantity > 0)).toBe(true);
      expect(holdings.reduce((sum, one) => sum + one.quantity, 0)).toBe(overs.reduce((sum, one) => sum + Number(one.hldg_qty), 0));
      expect(new Set(holdings.map((one) => one.symbol)).size).toBe(holdings.length);
    }),
  );
});

test.each([
  { over: {}, isHalted: false, statusCode: '' },
  { over: { iscd_stat_cls_code: '58' }, isHalted: true, statusCode: '58' },
  { over: { temp_stop_yn: 'Y' }, isHalted: true, statusCode: '' },
  { over: { iscd_stat_cls_code: '51' }, isHalted: false, statusCode: '51' },
  { over: { iscd_stat_cls_code: '57' }, isHalted: false, statusCode: '' },
])('a stock with $over is halted $isHalted, status "$statusCode"', ({ over, ...expected }) => {
  const answer = sample('inquire-price');
  expect(toQuote(CODE, priceAnswer.parse({ ...answer, output: { ...answer.output, ...over } }))).toMatchObject(expected);
});

test.each([
  { phase: '10', vi: 'N', expectedPrice: 128_000, why: 'before the open' },
  { phase: '20', vi: 'N', expectedPrice: 0, why: 'continuous: the price of the last auction is history' },
  { phase: '20', vi: 'Y', expectedPrice: 128_000, why: 'a volatility interruption is an auction' },
  { phase: '21', vi: 'N', expectedPrice: 128_000, why: 'closing auction' },
  { phase: '31', vi: 'N', expectedPrice: 0, why: 'after the close' },
])('the expected price in phase $phase, VI $vi, is $expectedPrice: $why', ({ phase, vi, expectedPrice }) => {
  const { output1, output2 } = sample('inquire-asking-price-exp-ccn');
  const book = orderBookAnswer.parse({ output1: { ...output1, new_mkop_cls_code: phase }, output2: { ...output2, vi_cls_code: vi } });
  expect(toOrderBook(CODE, book).expectedPrice).toBe(expectedPrice);
});
