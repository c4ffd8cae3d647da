import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anAccount, anExchange, MONDAY, openDay, PENCIL, TEN_O_CLOCK } from './testing/exchange.ts';
import type { OrderTicket, VenueOrder } from './venue-order.ts';

const ticket = (given: Partial<OrderTicket> = {}): OrderTicket => ({
  symbol: PENCIL.symbol,
  side: 'buy',
  orderType: '00',
  quantity: 10,
  price: 10_000,
  ...given,
});
const order = (outcome: ReturnType<ReturnType<typeof anExchange>['exchange']['submit']>): VenueOrder => {
  if (!outcome.ok) throw new Error(outcome.refusal);
  return outcome.order;
};

describe('refuses', () => {
  test.each([
    { why: 'a symbol it does not list', given: { symbol: '123456' }, refusal: 'unknown_symbol' },
    { why: 'a price between ticks', given: { price: 10_005 }, refusal: 'off_tick' },
    { why: 'a price above the upper limit', given: { price: 13_010, quantity: 1 }, refusal: 'outside_limits' },
    { why: 'a price below the lower limit', given: { price: 6_990 }, refusal: 'outside_limits' },
    { why: 'a buy above the cash, commission included', given: { quantity: 100 }, refusal: 'no_cash' },
    { why: 'a market buy that the upper limit would not pay', given: { orderType: '01', price: 0, quantity: 77 }, refusal: 'no_cash' },
    { why: 'a sale of nothing held', given: { side: 'sell' as const }, refusal: 'no_holding' },
    { why: 'an order type it does not play', given: { orderType: '22' }, refusal: 'bad_order_type' },
    { why: 'an amount beyond whole numbers', given: { quantity: 9_999_999_999, price: 13_000 }, refusal: 'no_cash' },
  ])('$why', ({ given, refusal }) => {
    const { exchange } = anExchange();
    const account = anAccount(exchange);
    expect(exchange.submit(account, ticket(given), TEN_O_CLOCK)).toEqual({ ok: false, refusal });
    expect(exchange.orders).toHaveLength(0);
  });

  test('IOC in a call auction, and everything outside the session', () => {
    const { exchange } = anExchange();
    const account = anAccount(exchange);
    const refusalOf = (orderType: string): unknown => {
      const outcome = exchange.submit(account, ticket({ orderType }), TEN_O_CLOCK);
      return outcome.ok ? 'accepted' : outcome.refusal;
    };
    exchange.setPhase('opening_auction', TEN_O_CLOCK);
    expect([refusalOf('11'), refusalOf('03'), refusalOf('00')]).toEqual(['bad_order_type', 'bad_order_type', 'accepted']);
    exchange.setPhase('before', TEN_O_CLOCK);
    expect(refusalOf('00')).toBe('before_open');
    exchange.setPhase('after', TEN_O_CLOCK);
    expect(refusalOf('00')).toBe('after_close');
    openDay(exchange, '2026-11-29', 10_000);
    expect(refusalOf('00')).toBe('not_a_trading_day');
  });
});

describe('money', () => {
  test('a buy and a sale move cash at D+2, with commission 0.0140527 % and the tax of 2026, worked by hand', () => {
    const { exchange } = anExchange();
    const buyer = anAccount(exchange);
    const other = anAccount(exchange, { number: '50000002', shares: 10 });
    exchange.submit(other, ticket({ side: 'sell' }), TEN_O_CLOCK);
    exchange.submit(buyer, ticket(), TEN_O_CLOCK);
    // 10 × 10,000 = 100,000; commission 14.05 → 14.
    expect(buyer.settledCash).toBe(1_000_000);
    expect(exchange.ledger.cash(buyer, '2026-11-24')).toBe(1_000_000);
    expect(exchange.ledger.cash(buyer, '2026-11-25')).toBe(899_986);
    exchange.submit(other, ticket({ price: 10_500, quantity: 4 }), TEN_O_CLOCK);
    exchange.submit(buyer, ticket({ side: 'sell', price: 10_500, quantity: 4 }), TEN_O_CLOCK);
    // 4 × 10,500 = 42,000; commission 5.90 → 5; tax 0.20 % (sells settled in 2026) = 84.
    expect(exchange.ledger.cash(buyer)).toBe(899_986 + 42_000 - 5 - 84);
    expect(buyer.holdings.get(PENCIL.symbol)).toMatchObject({ quantity: 6, purchaseAmount: 60_000 });
  });

  test('a row of a sold-out share stays with 0 until it has settled', () => {
    const { exchange } = anExchange();
    const seller = anAccount(exchange, { shares: 5 });
    const buyer = anAccount(exchange, { number: '50000002' });
    exchange.submit(seller, ticket({ side: 'sell', quantity: 5 }), TEN_O_CLOCK);
    exchange.submit(buyer, ticket({ quantity: 5 }), TEN_O_CLOCK);
    const rows = ['2026-11-24', '2026-11-25', '2026-11-26'].map((day) => {
      openDay(exchange, day, 10_000);
      return seller.holdings.get(PENCIL.symbol)?.quantity;
    });
    expect(rows).toEqual([0, 0, undefined]);
    expect(seller.settledCash).toBe(1_000_000 + 50_000 - 7 - 100);
    expect(seller.pending).toEqual([]);
  });

  test('an open order reserves, a market buy at the upper limit; cancelling gives all back', () => {
    const { exchange } = anExchange();
    const account = anAccount(exchange, { shares: 10 });
    const limit = order(exchange.submit(account, ticket({ price: 9_000 }), TEN_O_CLOCK));
    expect(exchange.ledger.reservedCash(account)).toBe(90_000 + 12);
    const sale = order(exchange.submit(account, ticket({ side: 'sell', price: 11_000, quantity: 4 }), TEN_O_CLOCK));
    expect(exchange.ledger.sellable(account, PENCIL.symbol)).toBe(6);
    const auctioned = anAccount(exchange, { number: '50000002' });
    exchange.setPhase('closing_auction', TEN_O_CLOCK);
    const market = order(exchange.submit(auctioned, ticket({ orderType: '01', price: 0 }), TEN_O_CLOCK));
    expect(exchange.ledger.reservedCash(auctioned)).toBe(130_000 + 18);
    exchange.cancel(account, limit.orderNumber, 'all', TEN_O_CLOCK);
    exchange.cancel(account, sale.orderNumber, 'all', TEN_O_CLOCK);
    exchange.cancel(auctioned, market.orderNumber, 'all', TEN_O_CLOCK);
    for (const owner of [account, auctioned]) expect(exchange.ledger.orderableCash(owner)).toBe(1_000_000);
    expect(exchange.ledger.sellable(account, PENCIL.symbol)).toBe(10);
  });
});

describe('changes', () => {
  test('a cancel has its own number, the order keeps the old one and lives on after a partial cancel', () => {
    const { exchange } = anExchange();
    const account = anAccount(exchange);
    const first = order(exchange.submit(account, ticket(), TEN_O_CLOCK));
    const cancel = order(exchange.cancel(account, first.orderNumber, 4, TEN_O_CLOCK));
    expect([first.orderNumber, cancel.orderNumber, cancel.originalOrderNumber]).toEqual(['0000000001', '0000000002', '0000000001']);
    expect(first).toMatchObject({ status: 'working', open: 6, cancelled: 4 });
    expect(exchange.cancel(account, first.orderNumber, 7, TEN_O_CLOCK)).toEqual({ ok: false, refusal: 'over_open_quantity' });
    exchange.cancel(account, '1', 'all', TEN_O_CLOCK);
    expect(first).toMatchObject({ status: 'cancelled', open: 0, cancelled: 10 });
    expect(exchange.cancel(account, first.orderNumber, 'all', TEN_O_CLOCK)).toEqual({ ok: false, refusal: 'nothing_left' });
    expect(exchange.cancel(account, '9999999999', 'all', TEN_O_CLOCK)).toEqual({ ok: false, refusal: 'unknown_order' });
  });

  test('a modify gives a new number, loses its place and trades under the new one', () => {
    const { exchange } = anExchange();
    const account = anAccount(exchange);
    const rival = anAccount(exchange, { number: '50000002' });
    const seller = anAccount(exchange, { number: '50000003', shares: 10 });
    const first = order(exchange.submit(account, ticket({ price: 9_990 }), TEN_O_CLOCK));
    const before = order(exchange.submit(rival, ticket(), TEN_O_CLOCK));
    const next = order(exchange.modify(account, first.orderNumber, { quantity: 'all', price: 10_000, orderType: '00' }, TEN_O_CLOCK));
    expect(first).toMatchObject({ status: 'replaced', open: 0 });
    expect(next).toMatchObject({ action: 'modify', originalOrderNumber: first.orderNumber, open: 10 });
    exchange.submit(seller, ticket({ side: 'sell', quantity: 10 }), TEN_O_CLOCK);
    expect([before.filled, next.filled]).toEqual([10, 0]);
  });

  test('somebody else may not touch it', () => {
    const { exchange } = anExchange();
    const mine = order(exchange.submit(anAccount(exchange), ticket(), TEN_O_CLOCK));
    const stranger = anAccount(exchange, { number: '50000002' });
    expect(exchange.cancel(stranger, mine.orderNumber, 'all', TEN_O_CLOCK)).toEqual({ ok: false, refusal: 'unknown_order' });
  });
});

test('a conditional order joins the closing auction as a market order, and what is left at the close expires', () => {
  const { exchange, events } = anExchange();
  const buyer = anAccount(exchange);
  const seller = anAccount(exchange, { number: '50000002', shares: 4 });
  const conditional = order(exchange.submit(buyer, ticket({ orderType: '02', price: 8_000 }), TEN_O_CLOCK));
  exchange.setPhase('closing_auction', TEN_O_CLOCK);
  exchange.submit(seller, ticket({ side: 'sell', price: 10_200, quantity: 4 }), TEN_O_CLOCK);
  exchange.setPhase('after', TEN_O_CLOCK);
  expect(conditional).toMatchObject({ filled: 4, filledAmount: 40_800, open: 0, status: 'expired' });
  expect(events.at(-1)).toMatchObject({ type: 'expired', quantity: 6 });
  expect(exchange.ledger.reservedCash(buyer)).toBe(0);
});

test('order numbers restart each day and environment', () => {
  const { exchange } = anExchange();
  const paper = anAccount(exchange);
  const real = anAccount(exchange, { environment: 'real' });
  const numbers = [paper, real, paper].map((account) => order(exchange.submit(account, ticket({ quantity: 1 }), TEN_O_CLOCK)).orderNumber);
  openDay(exchange, '2026-11-24', 10_000);
  numbers.push(order(exchange.submit(paper, ticket({ quantity: 1 }), TEN_O_CLOCK)).orderNumber);
  expect(numbers).toEqual(['0000000001', '0000000001', '0000000002', '0000000001']);
  expect(exchange.orders.map((one) => one.day)).toEqual([MONDAY, MONDAY, MONDAY, '2026-11-24']);
});

const anyAction = fc.record({
  who: fc.integer({ min: 0, max: 2 }),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  orderType: fc.constantFrom('00', '00', '01', '03', '11', '12', '13'),
  quantity: fc.integer({ min: 1, max: 40 }),
  price: fc.integer({ min: 960, max: 1_040 }).map((n) => n * 10),
  next: fc.constantFrom('nothing', 'cancel', 'modify', 'house', 'wait', 'script', 'reject'),
});

test.each([false, true])(
  'for any sequence of orders, cash and shares are conserved but for fees and tax, and no account is overdrawn (interruptions: %s)',
  (volatility) => {
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 50 }), (actions) => {
        const { exchange, market } = anExchange('krx', { volatility });
        const accounts = ['1', '2', '3'].map((n) => anAccount(exchange, { number: `5000000${n}`, shares: 30 }));
        for (const { who, next, ...given } of actions) {
          const account = accounts[who]!;
          const outcome = exchange.submit(account, ticket(given), TEN_O_CLOCK);
          if (next === 'house') {
            exchange.submitHouse(
              market,
              { side: given.side, quantity: given.quantity, kind: 'limit', price: given.price, timeInForce: 'ioc' },
              TEN_O_CLOCK,
            );
          }
          if (next === 'wait') for (let due = exchange.agenda.next(Infinity); due; due = exchange.agenda.next(Infinity)) due.act(due.at);
          if (outcome.ok && next === 'script') exchange.fillByScript(outcome.order, 7, TEN_O_CLOCK);
          if (outcome.ok && next === 'reject') exchange.rejectLate(outcome.order);
          if (outcome.ok && next === 'cancel') exchange.cancel(account, outcome.order.orderNumber, 'all', TEN_O_CLOCK);
          if (outcome.ok && next === 'modify') {
            exchange.modify(account, outcome.order.orderNumber, { quantity: 'all', price: given.price - 10, orderType: '00' }, TEN_O_CLOCK);
          }
          const { ledger } = exchange;
          const cash = accounts.reduce((sum, one) => sum + ledger.cash(one), ledger.house.cash + ledger.feesAndTax);
          const shares = accounts.reduce(
            (sum, one) => sum + one.holdings.get(PENCIL.symbol)!.quantity,
            ledger.house.shares.get(PENCIL.symbol) ?? 0,
          );
          expect([cash, shares]).toEqual([3_000_000, 90]);
          for (const one of accounts) {
            expect(ledger.cash(one) - ledger.reservedCash(one)).toBeGreaterThanOrEqual(0);
            expect(ledger.sellable(one, PENCIL.symbol)).toBeGreaterThanOrEqual(0);
          }
          for (const one of exchange.orders.filter((candidate) => candidate.action !== 'cancel' && candidate.status !== 'replaced')) {
            expect(one.filled + one.open + one.cancelled + one.rejected).toBe(one.quantity);
            expect(one.fills.reduce((sum, fill) => sum + fill.quantity, 0)).toBe(one.filled);
          }
        }
        exchange.setPhase('after', TEN_O_CLOCK);
        for (const one of accounts) expect(exchange.ledger.reservedCash(one)).toBe(0);
      }),
      { numRuns: 150 },
    );
  },
);
