import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { krxCalendarDay } from '#domain/market/calendar.ts';
import { secondOfDay } from '#domain/market/day.ts';
import { checkOrder, purposeOf, RULES } from '#domain/risk/check-order.ts';
import {
  DEFAULT_SETTINGS,
  type GateInput,
  type GateInstrument,
  type GateLimits,
  type GateOrder,
  type GateQuote,
  NO_LIMITS,
} from '#domain/risk/gate-input.ts';
import { reserveAmount } from '#domain/risk/reserve.ts';

/** A share at 10,000 won, limits 7,000–13,000, on an ordinary Thursday at 10:00. Say only what the test is about. */
const INSTRUMENT: GateInstrument = {
  market: 'KOSPI',
  kind: 'stock',
  isListed: true,
  isHalted: false,
  isInVi: false,
  isLiquidation: false,
  statusCode: '',
  basePrice: 10_000,
  upperLimit: 13_000,
  lowerLimit: 7_000,
  averageVolume: 1_000_000,
};
const QUOTE: GateQuote = { last: 10_000, expected: null, socketAgeSeconds: 1, fetchedAgeSeconds: null };
type Change = Partial<Omit<GateInput, 'order' | 'instrument' | 'quote' | 'limits'>> & {
  readonly order?: Partial<GateOrder>;
  readonly instrument?: Partial<GateInstrument> | null;
  readonly quote?: Partial<GateQuote> | null;
  readonly limits?: Partial<GateLimits>;
  readonly at?: string;
};
const anInput = ({ order, instrument, quote, limits, at = '10:00', ...rest }: Change = {}): GateInput => ({
  day: '2026-10-01',
  second: secondOfDay(at),
  calendarDay: krxCalendarDay('2026-10-01'),
  halt: 'none',
  clockOffsetSeconds: 0,
  settings: DEFAULT_SETTINGS,
  heldQuantity: 0,
  workingBuyQuantity: 0,
  working: [],
  sameOrderSecondsAgo: null,
  hasUnknownOrder: false,
  isPositionUnproved: false,
  orderableCash: 10_000_000,
  commissionRate: 0.00015,
  sellableQuantity: 100,
  ...rest,
  order: {
    symbol: '005930',
    side: 'buy',
    quantity: 10,
    priceType: 'limit',
    timeInForce: 'day',
    price: 10_000,
    origin: 'user',
    allowDuplicate: false,
    ...order,
  },
  instrument: instrument === null ? null : { ...INSTRUMENT, ...instrument },
  quote: quote === null ? null : { ...QUOTE, ...quote },
  limits: { ...NO_LIMITS, ...limits },
});
const codes = (change: Change) => {
  const verdict = checkOrder(anInput(change));
  return verdict.ok ? [] : verdict.denials.map((denial) => denial.code);
};
const SELL = { side: 'sell' } as const;
const MARKET = { priceType: 'market', price: null } as const;

test('an ordinary buy and an ordinary sell pass', () => {
  expect(checkOrder(anInput())).toEqual({ ok: true, notes: [] });
  expect(checkOrder(anInput({ order: SELL }))).toEqual({ ok: true, notes: [] });
});

test.each<{ why: string; change: Change; code: string }>([
  { why: 'no shares', change: { order: { quantity: 0 } }, code: 'invalid_quantity' },
  { why: 'negative shares', change: { order: { quantity: -1 } }, code: 'invalid_quantity' },
  { why: 'half a share', change: { order: { quantity: 1.5 } }, code: 'invalid_quantity' },
  { why: 'more shares than exact won can hold', change: { order: { quantity: 1e15 } }, code: 'invalid_quantity' },
  {
    why: 'more won than can be counted exactly',
    change: { order: { quantity: 1_000_000_000, price: 10_000_000 } },
    code: 'order_amount_limit',
  },
  { why: 'a limit order without a price', change: { order: { price: null } }, code: 'invalid_price' },
  { why: 'a price of nothing', change: { order: { price: 0 } }, code: 'invalid_price' },
  { why: 'a market order with a price', change: { order: { priceType: 'market' } }, code: 'invalid_price' },
  { why: 'a full halt', change: { halt: 'halt' }, code: 'halted' },
  { why: 'before 08:30', change: { at: '08:29' }, code: 'market_closed' },
  { why: 'a holiday', change: { calendarDay: krxCalendarDay('2026-10-05') }, code: 'market_closed' },
  { why: 'a day nobody knows', change: { calendarDay: null }, code: 'market_closed' },
  { why: 'the after-market', change: { at: '17:00' }, code: 'session_unsupported' },
  {
    why: 'a best-price order in an auction',
    change: { at: '08:45', order: { priceType: 'best', price: null } },
    code: 'price_type_not_in_session',
  },
  { why: 'a symbol nobody knows', change: { instrument: null }, code: 'unknown_symbol' },
  { why: 'a delisted symbol', change: { instrument: { isListed: false } }, code: 'unknown_symbol' },
  { why: 'a halted symbol', change: { instrument: { isHalted: true } }, code: 'symbol_halted' },
  { why: 'status 58', change: { instrument: { statusCode: '58' } }, code: 'symbol_halted' },
  { why: 'a price between ticks', change: { order: { price: 10_003 } }, code: 'off_tick' },
  { why: 'a price under the lower limit', change: { order: { price: 6_990 } }, code: 'outside_price_limits' },
  { why: 'an own order of the other side', change: { working: [{ side: 'sell', price: 9_990, remaining: 1 }] }, code: 'self_cross' },
  { why: 'the same order a second ago', change: { sameOrderSecondsAgo: 1 }, code: 'duplicate_suspected' },
])('refuses $why with $code', ({ change, code }) => {
  expect(codes(change)).toContain(code);
});

test.each<{ why: string; change: Change; code: string }>([
  { why: 'while entries are paused', change: { halt: 'pause_entries' }, code: 'halted' },
  { why: 'while only reducing is allowed', change: { halt: 'reduce_only' }, code: 'halted' },
  { why: 'with a clock 4 s off', change: { clockOffsetSeconds: -4 }, code: 'clock_skew' },
  { why: 'of an administrative issue', change: { instrument: { statusCode: '51' } }, code: 'symbol_restricted' },
  { why: 'of an investment-risk issue', change: { instrument: { statusCode: '52' } }, code: 'symbol_restricted' },
  { why: 'in liquidation trading', change: { instrument: { isLiquidation: true } }, code: 'symbol_restricted' },
  {
    why: 'by a strategy during a volatility interruption',
    change: { order: { origin: 'strategy' }, instrument: { isInVi: true } },
    code: 'symbol_in_vi',
  },
  { why: 'a tick above the collar', change: { order: { price: 10_510 } }, code: 'collar' },
  { why: 'with a socket silent for 16 s', change: { quote: { socketAgeSeconds: 16 } }, code: 'stale_data' },
  { why: 'with a price fetched 4 s ago', change: { quote: { socketAgeSeconds: null, fetchedAgeSeconds: 4 } }, code: 'stale_data' },
  { why: 'without any quote', change: { quote: null }, code: 'no_quote' },
  { why: 'while an earlier order is unknown', change: { hasUnknownOrder: true }, code: 'unknown_outstanding' },
  { why: 'while the position is not proved', change: { isPositionUnproved: true }, code: 'position_unproved' },
  { why: 'above the amount of one order', change: { limits: { orderAmount: 99_999 } }, code: 'order_amount_limit' },
  { why: 'above the position limit', change: { heldQuantity: 5, limits: { positionAmount: 149_999 } }, code: 'position_limit' },
  { why: 'above the gross limit', change: { limits: { grossAmount: 100_000, grossUsed: 1 } }, code: 'gross_limit' },
  { why: 'above the daily amount', change: { limits: { dailyAmount: 100_000, dailyAmountUsed: 1 } }, code: 'daily_amount_limit' },
  { why: 'after the last order of the day', change: { limits: { dailyOrders: 3, dailyOrdersUsed: 3 } }, code: 'daily_order_limit' },
  { why: 'after the daily loss', change: { limits: { dailyLoss: 1_000, lossToday: 1_000 } }, code: 'loss_limit' },
  { why: 'above its share of the volume', change: { instrument: { averageVolume: 900 }, limits: { volumePercent: 1 } }, code: 'adv_share' },
  { why: 'too often', change: { limits: { rateOrders: 5, recentOrders: 5 } }, code: 'rate_limited' },
  { why: 'without the cash for the commission', change: { orderableCash: 100_014 }, code: 'insufficient_cash' },
])('a buy $why is refused with $code; a sell is not', ({ change, code }) => {
  expect(codes(change)).toEqual([code]);
  const { order, ...rest } = change;
  expect(codes({ ...rest, order: { ...order, ...SELL, price: 10_000 } })).toEqual([]);
});

describe('boundaries', () => {
  test('the collar allows exactly 5 %', () => expect(codes({ order: { price: 10_500 } })).toEqual([]));
  test('a wider setting never passes 10 %', () => {
    const settings = { ...DEFAULT_SETTINGS, collarPercent: 50 };
    expect(codes({ settings, order: { price: 11_000 } })).toEqual([]);
    expect(codes({ settings, order: { price: 11_010 } })).toEqual(['collar']);
  });
  test('a position is reckoned at the limit price of the order, a market order at the upper limit', () => {
    const limits = { positionAmount: 129_999 };
    expect(codes({ limits })).toEqual([]);
    expect(codes({ limits, order: MARKET })).toEqual(['position_limit']);
  });
  test('passive prices are free', () => expect(codes({ order: { price: 7_000 } })).toEqual([]));
  test('in an auction the expected price counts, before the first trade the base price', () => {
    expect(codes({ at: '08:50', quote: { expected: 12_000, last: null }, order: { price: 12_500 } })).toEqual([]);
    expect(codes({ at: '09:00', quote: { last: null }, order: { price: 10_510 } })).toEqual(['collar']);
  });
  test('exactly the cash needed is enough', () => expect(codes({ orderableCash: 100_015 })).toEqual([]));
  test('a market buy is reckoned at the upper limit with commission', () => {
    expect(reserveAmount({ ...MARKET, quantity: 10 }, 13_000, 0.00015)).toBe(130_020);
    expect(codes({ order: MARKET, orderableCash: 130_019 })).toEqual(['insufficient_cash']);
    expect(codes({ order: MARKET, orderableCash: 130_020 })).toEqual([]);
  });
  test('a conditional order may end as a market order, so it is reckoned like one', () => {
    expect(codes({ order: { priceType: 'conditional' }, orderableCash: 130_019 })).toEqual(['insufficient_cash']);
  });
  test('selling all is allowed, one more is not', () => {
    expect(codes({ order: { ...SELL, quantity: 100 } })).toEqual([]);
    expect(codes({ order: { ...SELL, quantity: 101 } })).toEqual(['insufficient_shares']);
  });
  test('own orders that do not meet do not cross', () => {
    expect(codes({ working: [{ side: 'sell', price: 10_010, remaining: 1 }] })).toEqual([]);
    expect(codes({ working: [{ side: 'buy', price: 10_000, remaining: 1 }] })).toEqual([]);
  });
  test('a confirmed duplicate passes', () => expect(codes({ sameOrderSecondsAgo: 1, order: { allowDuplicate: true } })).toEqual([]));
  test('what the settings allow passes', () => {
    const settings = { ...DEFAULT_SETTINGS, allowAdministrative: true, allowLiquidation: true };
    expect(codes({ settings, instrument: { statusCode: '51', isLiquidation: true } })).toEqual([]);
  });
  test('a flatten passes a halt', () => expect(codes({ halt: 'halt', order: { ...SELL, origin: 'flatten' } })).toEqual([]));
});

test('overheated symbols and interruptions only inform a person', () => {
  expect(checkOrder(anInput({ instrument: { statusCode: '59', isInVi: true } }))).toMatchObject({
    ok: true,
    notes: [{ code: 'overheated' }, { code: 'in_vi' }],
  });
});

test('several faults are told at once, in the order of the gate', () => {
  expect(codes({ order: { price: 13_007 }, orderableCash: 0 })).toEqual([
    'off_tick',
    'outside_price_limits',
    'collar',
    'insufficient_cash',
  ]);
});

test('a refusal carries its figures and both sentences', () => {
  const verdict = checkOrder(anInput({ order: { price: 10_003 } }));
  expect(verdict.ok ? null : verdict.denials[0]).toEqual({
    code: 'off_tick',
    numbers: { price: 10_003, tick: 10, below: 10_000, above: 10_010 },
    ko: '10,003원은 호가 단위(10원)에 맞지 않습니다.',
    en: '10,003 won is not on the tick of 10 won.',
    whatToChange: { ko: '10,000원 또는 10,010원으로 고치세요.', en: 'Use 10,000 or 10,010 won.' },
  });
});

describe('whatever the state of the account', () => {
  const anything = fc.record({
    halt: fc.constantFrom('none' as const, 'pause_entries' as const, 'reduce_only' as const),
    clockOffsetSeconds: fc.option(fc.integer({ min: -100, max: 100 }), { nil: null }),
    hasUnknownOrder: fc.boolean(),
    isPositionUnproved: fc.boolean(),
    orderableCash: fc.integer({ min: 0, max: 1_000 }),
    heldQuantity: fc.integer({ min: 0, max: 1_000_000 }),
    limits: fc.record({
      orderAmount: fc.constant(0),
      positionAmount: fc.constant(0),
      grossAmount: fc.constant(0),
      dailyAmount: fc.constant(0),
      dailyOrders: fc.constant(0),
      dailyLoss: fc.constant(0),
      volumePercent: fc.constant(0),
      rateOrders: fc.constant(0),
    }),
    quote: fc.constantFrom(null, { socketAgeSeconds: 1_000 }, { socketAgeSeconds: null }, {}),
    instrument: fc.record({
      isInVi: fc.boolean(),
      isLiquidation: fc.boolean(),
      statusCode: fc.constantFrom('', '51', '52', '53', '54', '57', '59'),
    }),
  });
  const sell = fc.record({
    side: fc.constant('sell' as const),
    quantity: fc.integer({ min: 1, max: 100 }),
    price: fc.integer({ min: 700, max: 1_300 }).map((tens) => tens * 10),
    origin: fc.constantFrom('user' as const, 'strategy' as const, 'stop' as const, 'flatten' as const),
  });

  test('an exit within the sellable quantity at a legal price in session is never refused', () => {
    fc.assert(
      fc.property(anything, sell, fc.constantFrom('08:30', '09:00', '12:34', '15:25'), (state, order, at) => {
        expect(codes({ ...state, order, at })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('every rule that can refuse that exit is one the exchange itself would enforce, a repeat, a crossing or a full halt', () => {
    expect(RULES.filter((rule) => rule.binds === 'all').map((rule) => rule.name)).toEqual([
      'halt',
      'session',
      'tradable',
      'tick',
      'price limits',
      'self-cross',
      'duplicate',
      'sellable',
    ]);
  });

  test('a buy that passes never needs more cash than there is and stays inside the limits of the day', () => {
    const buy = fc.record({
      quantity: fc.integer({ min: 1, max: 2_000 }),
      price: fc.integer({ min: 600, max: 1_400 }).map((tens) => tens * 10),
    });
    fc.assert(
      fc.property(
        buy,
        fc.integer({ min: 0, max: 20_000_000 }),
        fc.integer({ min: 0, max: 20_000_000 }),
        (order, orderableCash, dailyAmount) => {
          const input = anInput({ order, orderableCash, limits: { dailyAmount } });
          if (!checkOrder(input).ok) return;
          expect(order.quantity * order.price).toBeLessThanOrEqual(Math.min(orderableCash, dailyAmount));
          expect(order.price).toBeGreaterThanOrEqual(7_000);
          expect(order.price).toBeLessThanOrEqual(10_500);
        },
      ),
    );
  });

  test('nothing it is given makes the gate throw', () => {
    const weird = fc.oneof(fc.double(), fc.integer(), fc.constant(Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(weird, fc.option(weird, { nil: null }), fc.constantFrom('buy' as const, 'sell' as const), (quantity, price, side) => {
        expect(() =>
          checkOrder(anInput({ order: { quantity, price, side, priceType: price === null ? 'market' : 'limit' } })),
        ).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

test('buys are entries and sells are exits: we never go short', () => {
  expect([purposeOf('buy'), purposeOf('sell')]).toEqual(['entry', 'exit']);
});
