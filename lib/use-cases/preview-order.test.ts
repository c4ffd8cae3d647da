import { expect, test } from 'vitest';
import { krxCalendarDay } from '#domain/market/calendar.ts';
import type { OrderFacts } from '#lib/db/order-facts.ts';
import { type PreviewMarket, type PreviewWish, previewOrder } from './preview-order.ts';

const DAY = '2026-10-01';
const FACTS: OrderFacts = {
  authority: { buy: null, sell: null },
  limits: {
    max_order_amount: null,
    max_gross_amount: null,
    max_daily_loss: null,
    max_orders_a_minute: null,
    max_volume_percent: null,
    collar_percent: 5,
    max_position_size: 1e12,
    daily_trade_limit: 1e12,
    daily_order_limit: 500,
    expired_at: null,
  },
  usage: { gross: 0, daily_amount: 0, daily_orders: 0, minute_orders: 0, loss: 0 },
  held: 0,
  working_buys: 0,
  commission_rate: 0.00014053,
  free_cash: 10_000_000,
  last_price: 70_000,
  sellable: 10,
  working: [],
  has_unknown_buy: false,
  has_break: false,
  allow_restricted: false,
  average_volume: null,
};
const MARKET: PreviewMarket = {
  instrument: {
    market: 'KOSPI',
    kind: 'stock',
    isHalted: false,
    statusCode: '',
    basePrice: 70_000,
    upperLimit: 91_000,
    lowerLimit: 49_000,
    priceDay: DAY,
  },
  quote: { last: 70_000, expected: null, isHalted: false },
  day: DAY,
  second: 36_000,
  calendarDay: krxCalendarDay(DAY),
  isReserved: false,
  halt: 'none',
};
const WISH: PreviewWish = { symbol: '005930', side: 'buy', quantity: 10, priceType: 'limit', price: 70_000 };
const SELL = { side: 'sell' } as const;

interface Case {
  readonly why: string;
  readonly wish?: Partial<PreviewWish>;
  readonly facts?: Partial<OrderFacts>;
  readonly market?: Partial<PreviewMarket>;
  readonly codes: readonly string[];
}
const overheated = { instrument: { ...MARKET.instrument, statusCode: '59' } };
test.each<Case>([
  { why: 'an ordinary buy', codes: [] },
  { why: 'an ordinary sale', wish: SELL, codes: [] },
  { why: 'every fault at once', wish: { price: 80_000, quantity: 1_000 }, codes: ['collar', 'insufficient_cash'] },
  {
    why: 'no right to trade',
    facts: { authority: { buy: { code: 'permission_missing', numbers: {} }, sell: null } },
    codes: ['permission_missing'],
  },
  { why: 'an own sale it would meet', facts: { working: [{ side: 'sell', price: 69_900, remaining: 1 }] }, codes: ['self_cross'] },
  { why: 'more shares than are free', wish: { ...SELL, quantity: 11 }, codes: ['insufficient_shares'] },
  {
    why: 'the same halt told twice',
    facts: { authority: { buy: { code: 'halted', numbers: { level: 'halt' } }, sell: null } },
    market: { halt: 'halt' },
    codes: ['halted'],
  },
  {
    why: 'a buy on the prices of another day',
    market: { instrument: { ...MARKET.instrument, priceDay: '2026-09-30' } },
    codes: ['no_quote'],
  },
  {
    why: 'a sale on the prices of another day',
    wish: { ...SELL, price: 95_000 },
    market: { instrument: { ...MARKET.instrument, priceDay: '2026-09-30' } },
    codes: [],
  },
  {
    why: 'a reserved buy on today’s prices',
    market: { isReserved: true, day: '2026-10-02', calendarDay: krxCalendarDay('2026-10-02'), second: 31_000 },
    codes: [],
  },
  { why: 'after the close', market: { second: 60_000 }, codes: ['session_unsupported'] },
])('$why: $codes', ({ wish, facts, market, codes }) => {
  const preview = previewOrder({ ...WISH, ...wish }, { ...FACTS, ...facts }, { ...MARKET, ...market });
  expect(preview.denials.map(({ code }) => code)).toEqual(codes);
  expect(preview.notes).toEqual([]);
});

test('what is only good to know refuses nothing', () => {
  expect(previewOrder(WISH, FACTS, { ...MARKET, ...overheated })).toMatchObject({ denials: [], notes: [{ code: 'overheated' }] });
});
