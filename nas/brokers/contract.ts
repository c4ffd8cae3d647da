import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Price, Shares } from '#domain/money.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { Broker, BrokerOrder, NewBrokerOrder, OrderNotice, SubmitOutcome } from '#nas/brokers/port.ts';

/** A broker that speaks to a venue in its regular session, and the hands of everybody else at that venue. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  /** The venue's today. */
  readonly day: TradingDay;
  /** The account has cash for at least 100 shares at the upper limit and no holding of this symbol. */
  readonly symbol: Symbol;
  /** Legal prices for a buy that rests until `sellInto`, and one that is off the tick grid but inside the limits. */
  readonly restingPrice: Price;
  /** Another legal price at which a buy rests; `sellInto` need not reach it. */
  readonly otherPrice: Price;
  readonly offTickPrice: Price;
  /** Makes exactly this many shares of our resting buys fill. */
  sellInto(quantity: number): Promise<void>;
  /** Makes sure that market orders of this size find the other side, buying and selling. */
  quoteBothSides(quantity: number): Promise<void>;
  stop(): Promise<void>;
}

/** Inquiries may lag behind the order; none of ours may take longer in a test. */
const EVENTUALLY = { timeout: 15_000, interval: 100 };

/** The guarantees every broker gives, whatever it speaks. Call it in a `*.test.ts` with a fresh venue per test. */
export function describeBroker(name: string, make: () => Promise<BrokerUnderTest>): void {
  describe(`${name} keeps the broker contract`, () => {
    let it: BrokerUnderTest;
    const closers: (() => Promise<void>)[] = [];
    beforeEach(async () => {
      it = await make();
    });
    afterEach(async () => {
      for (const close of closers.splice(0)) await close();
      await it.broker.close();
      await it.stop();
    });

    const limitBuy = (over: Partial<NewBrokerOrder> = {}): NewBrokerOrder => ({
      symbol: it.symbol,
      side: 'buy',
      quantity: 10 as Shares,
      priceType: 'limit',
      timeInForce: 'day',
      limitPrice: it.restingPrice,
      venue: 'KRX',
      ...over,
    });
    const market = (over: Partial<NewBrokerOrder> = {}) => limitBuy({ priceType: 'market', limitPrice: null, ...over });

    async function accepted(order: NewBrokerOrder): Promise<Extract<SubmitOutcome, { kind: 'accepted' }>> {
      const outcome = await it.broker.submit(order);
      if (outcome.kind !== 'accepted') throw new Error(`expected accepted, got ${JSON.stringify(outcome)}`);
      return outcome;
    }
    async function listed(brokerOrderId: string): Promise<BrokerOrder> {
      const order = (await it.broker.ordersOn(it.day)).find((one) => one.brokerOrderId === brokerOrderId);
      if (!order) throw new Error(`order ${brokerOrderId} is not listed`);
      return order;
    }
    const eventually = (brokerOrderId: string, wanted: Partial<BrokerOrder>) =>
      vi.waitFor(async () => expect(await listed(brokerOrderId)).toMatchObject(wanted), EVENTUALLY);

    test('a limit order rests and is listed as it was given', async () => {
      const { brokerOrderId } = await accepted(limitBuy());
      await eventually(brokerOrderId, {
        orderDay: it.day,
        symbol: it.symbol,
        side: 'buy',
        quantity: 10 as Shares,
        limitPrice: it.restingPrice,
        priceType: 'limit',
        originalOrderId: null,
        cumQuantity: 0 as Shares,
        leavesQuantity: 10 as Shares,
        isApiOrder: true,
      });
    });

    test('two orders that look alike get two numbers', async () => {
      const [one, two] = [await accepted(limitBuy()), await accepted(limitBuy())];
      expect(one.brokerOrderId).not.toBe(two.brokerOrderId);
    });

    test('partial fills add up in one cumulative row', async () => {
      const { brokerOrderId } = await accepted(limitBuy());
      await it.sellInto(3);
      await eventually(brokerOrderId, { cumQuantity: 3 as Shares, leavesQuantity: 7 as Shares });
      await it.sellInto(4);
      await eventually(brokerOrderId, { cumQuantity: 7 as Shares, leavesQuantity: 3 as Shares });
      expect((await listed(brokerOrderId)).cumAmount).toBe(7 * it.restingPrice);
    });

    test('a cancel takes the remainder, keeps what was filled, and has nothing left for a second one', async () => {
      const order = await accepted(limitBuy());
      await it.sellInto(4);
      await eventually(order.brokerOrderId, { cumQuantity: 4 as Shares });
      const cancel = { ...limitBuy(), brokerOrderId: order.brokerOrderId, branch: order.branch };
      expect(await it.broker.cancel(cancel)).toMatchObject({ kind: 'accepted' });
      await eventually(order.brokerOrderId, { cumQuantity: 4 as Shares, leavesQuantity: 0 as Shares, cancelledQuantity: 6 as Shares });
      expect(await it.broker.cancel(cancel)).toMatchObject({ kind: 'rejected', code: expect.any(String), message: expect.any(String) });
    });

    test('a part of an order can be cancelled: the number stays, the rest works on and fills', async () => {
      const order = await accepted(limitBuy());
      const target = { ...limitBuy(), brokerOrderId: order.brokerOrderId, branch: order.branch };
      expect(await it.broker.cancel({ ...target, cancelQuantity: 4 as Shares })).toMatchObject({ kind: 'accepted' });
      await eventually(order.brokerOrderId, { leavesQuantity: 6 as Shares, cancelledQuantity: 4 as Shares });
      expect(await it.broker.cancel({ ...target, cancelQuantity: 7 as Shares })).toMatchObject({ kind: 'rejected' });
      await it.sellInto(6);
      await eventually(order.brokerOrderId, { cumQuantity: 6 as Shares, leavesQuantity: 0 as Shares });
    });

    test('a replace moves the whole remainder to another price under the number it tells, and keeps what was filled', async () => {
      const order = await accepted(limitBuy());
      await it.sellInto(3);
      await eventually(order.brokerOrderId, { cumQuantity: 3 as Shares });
      const change = { ...limitBuy({ limitPrice: it.otherPrice }), brokerOrderId: order.brokerOrderId, branch: order.branch };
      const moved = await it.broker.replace({ ...change, isWhole: true });
      if (moved.kind !== 'accepted') throw new Error(`expected accepted, got ${JSON.stringify(moved)}`);
      expect(moved.brokerOrderId === order.brokerOrderId).toBe(it.broker.capabilities.replaceKeepsId);
      if (moved.brokerOrderId === order.brokerOrderId) {
        await eventually(order.brokerOrderId, { limitPrice: it.otherPrice, cumQuantity: 3 as Shares, leavesQuantity: 7 as Shares });
      } else {
        await eventually(order.brokerOrderId, { cumQuantity: 3 as Shares, leavesQuantity: 0 as Shares });
        await eventually(moved.brokerOrderId, {
          originalOrderId: order.brokerOrderId,
          limitPrice: it.otherPrice,
          quantity: 7 as Shares,
          cumQuantity: 0 as Shares,
          leavesQuantity: 7 as Shares,
        });
      }
      expect(await it.broker.cancel({ ...change, brokerOrderId: moved.brokerOrderId, branch: moved.branch })).toMatchObject({
        kind: 'accepted',
      });
    });

    test('a replace of a part leaves the other part where it was, and nothing more than the remainder can move', async () => {
      if (it.broker.capabilities.replaceKeepsId) return; // one number has one price: such a broker moves all or nothing
      const order = await accepted(limitBuy());
      const change = {
        ...limitBuy({ limitPrice: it.otherPrice }),
        brokerOrderId: order.brokerOrderId,
        branch: order.branch,
        isWhole: false,
      };
      const moved = await it.broker.replace({ ...change, quantity: 4 as Shares });
      if (moved.kind !== 'accepted') throw new Error(`expected accepted, got ${JSON.stringify(moved)}`);
      await eventually(moved.brokerOrderId, { originalOrderId: order.brokerOrderId, quantity: 4 as Shares, leavesQuantity: 4 as Shares });
      await eventually(order.brokerOrderId, { limitPrice: it.restingPrice, leavesQuantity: 6 as Shares });
      expect(await it.broker.replace({ ...change, quantity: 7 as Shares })).toMatchObject({ kind: 'rejected' });
    });

    test('a replace that is called off at the last moment moves nothing', async () => {
      const order = await accepted(limitBuy());
      const change = {
        ...limitBuy({ limitPrice: it.otherPrice }),
        brokerOrderId: order.brokerOrderId,
        branch: order.branch,
        isWhole: true,
      };
      expect(await it.broker.replace(change, () => 'HALT')).toMatchObject({ kind: 'not_processed', code: 'HALT' });
      await eventually(order.brokerOrderId, { limitPrice: it.restingPrice, leavesQuantity: 10 as Shares });
    });

    test('a market buy moves shares and cash, a market sell moves them back', async () => {
      await it.quoteBothSides(10);
      const before = await it.broker.balance();
      expect(before.holdings.find((one) => one.symbol === it.symbol)).toBeUndefined();
      const buy = await accepted(market());
      await eventually(buy.brokerOrderId, { cumQuantity: 10 as Shares, leavesQuantity: 0 as Shares });
      const paid = (await listed(buy.brokerOrderId)).cumAmount;
      expect(paid).toBeGreaterThan(0);
      await vi.waitFor(async () => {
        const after = await it.broker.balance();
        expect(after.holdings.find((one) => one.symbol === it.symbol)).toMatchObject({
          quantity: 10,
          sellableQuantity: 10,
          boughtToday: 10,
        });
        expect(await it.broker.sellable(it.symbol)).toBe(10);
        expect(after.cashD2).toBeLessThanOrEqual(before.cashD2 - paid);
        expect(after.cashD2).toBeGreaterThan(before.cashD2 - paid * 1.01); // fees are far below one percent
      }, EVENTUALLY);
      const sell = await accepted(market({ side: 'sell' }));
      await eventually(sell.brokerOrderId, { side: 'sell', cumQuantity: 10 as Shares });
      await vi.waitFor(
        async () => expect((await it.broker.balance()).holdings.find((one) => one.symbol === it.symbol)).toBeUndefined(),
        EVENTUALLY,
      );
    });

    test('notices tell acceptance, each fill and the cancel', async () => {
      const notices: OrderNotice[] = [];
      const states: string[] = [];
      const stream = it.broker.openStream(
        { onNotice: (notice) => notices.push(notice), onState: (state) => states.push(state) },
        { notices: true },
      );
      closers.push(() => stream.close());
      await vi.waitFor(() => expect(states).toContain('live'), EVENTUALLY);
      const order = await accepted(limitBuy());
      const about = (kind: OrderNotice['kind']) =>
        notices.filter(
          (notice) =>
            notice.kind === kind && (notice.brokerOrderId === order.brokerOrderId || notice.originalOrderId === order.brokerOrderId),
        );
      await vi.waitFor(() => expect(about('accepted').length).toBeGreaterThan(0), EVENTUALLY);
      await it.sellInto(3);
      await it.sellInto(2);
      await vi.waitFor(() => expect(about('filled').reduce((sum, notice) => sum + notice.quantity, 0)).toBe(5), EVENTUALLY);
      expect(about('filled')[0]).toMatchObject({ symbol: it.symbol, side: 'buy', price: it.restingPrice });
      await it.broker.cancel({ ...limitBuy(), brokerOrderId: order.brokerOrderId, branch: order.branch });
      await vi.waitFor(() => expect(about('cancelled')).toMatchObject([{ originalOrderId: order.brokerOrderId, quantity: 5 }]), EVENTUALLY);
    });

    test('the broker’s refusals are rejections with its code and words, and leave nothing working', async () => {
      const refused = [
        limitBuy({ limitPrice: it.offTickPrice }),
        market({ side: 'sell' }), // nothing held
        limitBuy({ quantity: 900_000_000 as Shares }), // beyond all cash
      ];
      for (const order of refused) {
        expect(await it.broker.submit(order)).toEqual({
          kind: 'rejected',
          code: expect.stringMatching(/\S/),
          message: expect.stringMatching(/\S/),
        });
      }
      for (const order of await it.broker.ordersOn(it.day)) expect(order.leavesQuantity).toBe(0);
    });

    test('what may be bought, the quote and the book agree with each other', async () => {
      await it.quoteBothSides(10);
      const quote = await it.broker.quote(it.symbol);
      expect(quote.lowerLimit).toBeLessThan(quote.basePrice);
      expect(quote.upperLimit).toBeGreaterThan(quote.basePrice);
      expect(await it.broker.quotes([it.symbol])).toMatchObject([
        { symbol: it.symbol, basePrice: quote.basePrice, upperLimit: quote.upperLimit, lowerLimit: quote.lowerLimit },
      ]);
      const power = await it.broker.buyingPower({ symbol: it.symbol, priceType: 'market', limitPrice: null });
      expect(power.reckonedPrice).toBe(quote.upperLimit); // a market order is margined at the upper limit
      expect(power.quantity * power.reckonedPrice).toBeLessThanOrEqual(power.amount);
      const book = await it.broker.orderBook(it.symbol);
      const prices = (levels: readonly { price: number }[]) => levels.map((level) => level.price);
      expect(prices(book.asks)).toEqual(prices(book.asks).toSorted((a, b) => a - b));
      expect(prices(book.bids)).toEqual(prices(book.bids).toSorted((a, b) => b - a));
      expect(book.bids[0]!.price).toBeLessThan(book.asks[0]!.price);
    });

    test('prints and books of a registered symbol arrive', async () => {
      const seen = { trades: 0, books: 0 };
      const states: string[] = [];
      const handlers = {
        onTrade: () => void seen.trades++,
        onBook: () => void seen.books++,
        onState: (state: string) => void states.push(state),
      };
      const stream = it.broker.openStream(handlers, { notices: false });
      closers.push(() => stream.close());
      stream.setRegistrations([
        { symbol: it.symbol, kind: 'trade' },
        { symbol: it.symbol, kind: 'book' },
      ]);
      await vi.waitFor(() => expect(states).toContain('live'), EVENTUALLY);
      await accepted(limitBuy());
      await it.sellInto(2);
      await vi.waitFor(() => expect(Math.min(seen.trades, seen.books)).toBeGreaterThan(0), EVENTUALLY);
    });
  });
}
