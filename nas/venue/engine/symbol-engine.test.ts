import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EngineRequest, SymbolEngine } from './symbol-engine.ts';

let nextId = 1;
const request = (given: Partial<EngineRequest> & Pick<EngineRequest, 'side' | 'quantity'>): EngineRequest => ({
  id: nextId++,
  owner: 'someone',
  kind: given.price === undefined || given.price === null ? 'market' : 'limit',
  price: null,
  timeInForce: 'day',
  ...given,
});
const engineIn = (phase: 'auction' | 'continuous'): SymbolEngine => {
  const engine = new SymbolEngine(10_000);
  engine.phase = phase;
  return engine;
};

describe('continuous matching', () => {
  test('the better price trades first, then the earlier order, at the price that was there', () => {
    const engine = engineIn('continuous');
    const late = request({ side: 'sell', price: 10_010, quantity: 5 });
    const first = request({ side: 'sell', price: 10_000, quantity: 5 });
    const second = request({ side: 'sell', price: 10_000, quantity: 5 });
    for (const sell of [late, first, second]) engine.submit(sell);
    const { fills } = engine.submit(request({ side: 'buy', price: 10_050, quantity: 12 }));
    expect(fills.map(({ sell, price, quantity }) => [sell.id, price, quantity])).toEqual([
      [first.id, 10_000, 5],
      [second.id, 10_000, 5],
      [late.id, 10_010, 2],
    ]);
  });

  test('a part that finds nobody rests at its limit', () => {
    const engine = engineIn('continuous');
    engine.submit(request({ side: 'sell', price: 10_000, quantity: 3 }));
    const result = engine.submit(request({ side: 'buy', price: 10_000, quantity: 10 }));
    expect(result).toMatchObject({ dropped: 0, restingPrice: 10_000 });
    expect(engine.bids.depth(1)).toEqual([{ price: 10_000, quantity: 7 }]);
  });

  test('IOC trades what it can and drops the rest', () => {
    const engine = engineIn('continuous');
    engine.submit(request({ side: 'sell', price: 10_000, quantity: 3 }));
    const result = engine.submit(request({ side: 'buy', price: 10_000, quantity: 10, timeInForce: 'ioc' }));
    expect(result).toMatchObject({ dropped: 7, restingPrice: null });
    expect(engine.bids.bestPrice()).toBeNull();
  });

  test.each([
    { offered: 10, dropped: 0 },
    { offered: 9, dropped: 10 },
  ])('FOK of 10 with $offered offered inside its limit drops $dropped', ({ offered, dropped }) => {
    const engine = engineIn('continuous');
    engine.submit(request({ side: 'sell', price: 10_000, quantity: offered }));
    engine.submit(request({ side: 'sell', price: 10_050, quantity: 100 }));
    const result = engine.submit(request({ side: 'buy', price: 10_010, quantity: 10, timeInForce: 'fok' }));
    expect(result.dropped).toBe(dropped);
    expect(result.fills.reduce((sum, fill) => sum + fill.quantity, 0)).toBe(10 - dropped);
  });

  test('a market order sweeps and its remainder rests at the last price', () => {
    const engine = engineIn('continuous');
    engine.submit(request({ side: 'sell', price: 10_000, quantity: 1 }));
    engine.submit(request({ side: 'sell', price: 10_020, quantity: 1 }));
    const result = engine.submit(request({ side: 'buy', quantity: 5 }));
    expect(result).toMatchObject({ dropped: 0, restingPrice: 10_020 });
    expect(engine.bids.depth(5)).toEqual([{ price: 10_020, quantity: 3 }]);
  });

  test('best takes the opposite best price and own best the own one; without one the order is dropped', () => {
    const engine = engineIn('continuous');
    expect(engine.submit(request({ side: 'buy', quantity: 4, kind: 'best' })).dropped).toBe(4);
    engine.submit(request({ side: 'sell', price: 10_030, quantity: 1 }));
    engine.submit(request({ side: 'buy', price: 9_990, quantity: 1 }));
    expect(engine.submit(request({ side: 'buy', quantity: 4, kind: 'best' }))).toMatchObject({ restingPrice: 10_030 });
    expect(engine.submit(request({ side: 'buy', quantity: 2, kind: 'own_best' }))).toMatchObject({ restingPrice: 10_030 });
  });

  test('a cancel takes back part or all, and nothing twice', () => {
    const engine = engineIn('continuous');
    const order = request({ side: 'buy', price: 10_000, quantity: 10 });
    engine.submit(order);
    expect([engine.cancel(order.id, 4), engine.cancel(order.id), engine.cancel(order.id)]).toEqual([4, 6, 0]);
    expect(engine.bids.bestPrice()).toBeNull();
  });
});

test('an auction trades at one price: market orders first, then the best limits, each by time', () => {
  const engine = engineIn('auction');
  const limit = request({ side: 'buy', price: 10_100, quantity: 10 });
  const market = request({ side: 'buy', quantity: 6 });
  const low = request({ side: 'buy', price: 10_000, quantity: 10 });
  engine.submit(limit);
  engine.submit(market);
  engine.submit(low);
  engine.submit(request({ side: 'sell', price: 10_000, quantity: 20 }));
  expect(engine.expected()).toEqual({ price: 10_000, volume: 20 });
  const fills = engine.uncross();
  expect(fills.map(({ buy, price, quantity, aggressor }) => [buy.id, price, quantity, aggressor])).toEqual([
    [market.id, 10_000, 6, null],
    [limit.id, 10_000, 10, null],
    [low.id, 10_000, 4, null],
  ]);
  expect(engine.order(low.id)?.open).toBe(6);
});

const anyRequest = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  quantity: fc.integer({ min: 1, max: 50 }),
  kind: fc.constantFrom('limit' as const, 'limit' as const, 'limit' as const, 'market' as const, 'best' as const, 'own_best' as const),
  price: fc.integer({ min: 990, max: 1_010 }).map((n) => n * 10),
  timeInForce: fc.constantFrom('day' as const, 'day' as const, 'ioc' as const, 'fok' as const),
  cancels: fc.boolean(),
});
const open = (engine: SymbolEngine): number => [...engine.orders()].reduce((sum, order) => sum + order.open, 0);

describe('for any sequence of orders', () => {
  test('shares are conserved, the book is never crossed, and fills respect limits, price and time', () => {
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 60 }), (requests) => {
        const engine = engineIn('continuous');
        let id = 0;
        for (const { cancels, ...given } of requests) {
          const before = open(engine);
          const rivals = [...engine.orders()].map((order) => ({ ...order }));
          const limit = given.kind === 'limit' ? given.price : null;
          const { fills, dropped } = engine.submit({ ...given, price: limit, id: ++id, owner: 'x' });
          const traded = fills.reduce((sum, fill) => sum + fill.quantity, 0);
          expect(open(engine)).toBe(before - traded + given.quantity - traded - dropped);
          const bid = engine.bids.bestPrice();
          const ask = engine.asks.bestPrice();
          if (bid !== null && ask !== null) expect(bid).toBeLessThan(ask);
          for (const fill of fills) {
            expect(fill.quantity).toBeGreaterThan(0);
            if (limit !== null) expect(given.side === 'buy' ? fill.price <= limit : fill.price >= limit).toBe(true);
          }
          const makers = fills.map((fill) => (given.side === 'buy' ? fill.sell : fill.buy).id);
          const ranked = rivals
            .filter((order) => order.side !== given.side)
            .sort((a, b) => (given.side === 'buy' ? a.price! - b.price! : b.price! - a.price!) || a.sequence - b.sequence);
          expect(makers).toEqual(ranked.slice(0, makers.length).map((order) => order.id));
          if (cancels) {
            const left = open(engine);
            const taken = engine.cancel(Math.max(1, id - 2));
            expect(open(engine)).toBe(left - taken);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an auction leaves no two orders that could still trade', () => {
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 40 }), (requests) => {
        const engine = engineIn('auction');
        let id = 0;
        for (const { side, quantity, kind, price } of requests) {
          const priced = kind === 'limit';
          engine.submit({
            id: ++id,
            owner: 'x',
            side,
            quantity,
            kind: priced ? 'limit' : 'market',
            price: priced ? price : null,
            timeInForce: 'day',
          });
        }
        const before = open(engine);
        const expected = engine.expected();
        const fills = engine.uncross();
        const traded = fills.reduce((sum, fill) => sum + fill.quantity, 0);
        expect(traded).toBe(expected?.volume ?? 0);
        expect(open(engine)).toBe(before - 2 * traded);
        expect(new Set(fills.map((fill) => fill.price)).size).toBeLessThanOrEqual(1);
        expect(engine.expected()).toBeNull();
        engine.phase = 'continuous';
        expect(engine.releaseWaiting()).toEqual([]);
        const [bid, ask] = [engine.bids.bestPrice(), engine.asks.bestPrice()];
        if (bid !== null && ask !== null) expect(bid).toBeLessThan(ask);
      }),
      { numRuns: 300 },
    );
  });
});
