import { type AuctionResult, auctionPrice } from './auction.ts';
import { type BookOrder, BookSide } from './order-book.ts';

/** `continuous` matches at once; `auction` collects until the phase ends; `closed` takes nothing. */
export type MatchingPhase = 'closed' | 'auction' | 'continuous';
export type PriceKind = 'limit' | 'market' | 'best' | 'own_best';
export type TimeInForce = 'day' | 'ioc' | 'fok';

export interface EngineRequest {
  readonly id: number;
  readonly owner: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly kind: PriceKind;
  /** Needed for `limit`, ignored otherwise. */
  readonly price: number | null;
  readonly timeInForce: TimeInForce;
  /** Given again when a working order comes back after a restart, so that it keeps its place. */
  readonly sequence?: number;
}

export interface Fill {
  readonly price: number;
  readonly quantity: number;
  readonly buy: Readonly<BookOrder>;
  readonly sell: Readonly<BookOrder>;
  /** The side that came last; null in an auction. */
  readonly aggressor: 'buy' | 'sell' | null;
}

export interface MatchResult {
  readonly fills: readonly Fill[];
  /** Shares that did not trade and do not rest (IOC, FOK, or a price that does not exist). */
  readonly dropped: number;
  /** The price at which the remainder rests; null when nothing rests or it waits as a market order in an auction. */
  readonly restingPrice: number | null;
  /** A trade that was not allowed: the market has gone into an auction instead, and the rest of the order waits there. */
  readonly interruption?: { readonly price: number; readonly lastTrade: number };
}

/** Matching of one symbol: price-time priority, no clock, no chance, no accounts. */
export class SymbolEngine {
  readonly bids = new BookSide('buy');
  readonly asks = new BookSide('sell');
  /** Market orders that wait in an auction, in order of arrival. */
  readonly waiting: BookOrder[] = [];
  readonly #byId = new Map<number, BookOrder>();
  #sequence = 0;
  phase: MatchingPhase = 'closed';
  lastPrice: number;
  /** May a trade at this price happen at once, seen from the trade before the order? Not asked in auctions. */
  mayTrade: (price: number, lastTrade: number) => boolean = () => true;

  constructor(referencePrice: number) {
    this.lastPrice = referencePrice;
  }

  order(id: number): BookOrder | undefined {
    return this.#byId.get(id);
  }

  *orders(): Generator<BookOrder> {
    yield* this.waiting;
    yield* this.bids.orders();
    yield* this.asks.orders();
  }

  submit(request: EngineRequest): MatchResult {
    if (this.phase === 'closed') throw new Error('an order cannot enter a closed market');
    const own = request.side === 'buy' ? this.bids : this.asks;
    const other = request.side === 'buy' ? this.asks : this.bids;
    const price = this.#effectivePrice(request, own, other);
    if (price === undefined) return { fills: [], dropped: request.quantity, restingPrice: null };
    const sequence = request.sequence ?? this.#sequence + 1;
    this.#sequence = Math.max(this.#sequence, sequence);
    const order: BookOrder = { id: request.id, owner: request.owner, side: request.side, price, open: request.quantity, sequence };

    if (this.phase === 'auction') return this.#rest(order, []);
    const lastTrade = this.lastPrice;
    if (request.timeInForce === 'fok' && this.#reachable(order, other, lastTrade) < order.open) {
      return { fills: [], dropped: order.open, restingPrice: null };
    }
    const { fills, refused } = this.#sweep(order, other, lastTrade);
    if (refused !== null) {
      this.phase = 'auction';
      const interruption = { price: refused, lastTrade };
      if (request.timeInForce !== 'day') return { fills, dropped: order.open, restingPrice: null, interruption };
      return { ...this.#rest(order, fills), interruption };
    }
    if (order.open === 0) return { fills, dropped: 0, restingPrice: null };
    if (request.timeInForce !== 'day') return { fills, dropped: order.open, restingPrice: null };
    // A market remainder has emptied the other side: it rests at the last price, which therefore cannot cross the book.
    order.price ??= this.lastPrice;
    return this.#rest(order, fills);
  }

  /** Takes `quantity` shares (or all) out of the book; answers how many were taken. */
  cancel(id: number, quantity: number = Number.MAX_SAFE_INTEGER): number {
    const order = this.#byId.get(id);
    if (!order) return 0;
    const taken = Math.min(quantity, order.open);
    order.open -= taken;
    if (order.open === 0) this.#forget(order);
    return taken;
  }

  /** `quantity` shares of one order trade with `owner` at the order's own price, past everybody's priority; the last price stays. */
  fillDirectly(id: number, quantity: number, owner: string): Fill | null {
    const order = this.#byId.get(id);
    if (!order) return null;
    const { side } = order;
    const price = order.price ?? this.lastPrice;
    const taken = Math.min(quantity, order.open);
    order.open -= taken;
    const other: BookOrder = { id: 0, owner, side: side === 'buy' ? 'sell' : 'buy', price, open: 0, sequence: 0 };
    const [buy, sell] = side === 'buy' ? [order, other] : [other, order];
    const fill: Fill = { price, quantity: taken, buy: { ...buy }, sell: { ...sell }, aggressor: null };
    if (order.open === 0) this.#forget(order);
    return fill;
  }

  /** What the auction would give now. */
  expected(): AuctionResult | null {
    return this.phase === 'auction' ? auctionPrice(this.orders(), this.lastPrice) : null;
  }

  /** Ends a call auction: everything that can trade does so at one price, by price then time, market orders first. */
  uncross(): readonly Fill[] {
    const result = auctionPrice(this.orders(), this.lastPrice);
    const fills: Fill[] = [];
    let left = result?.volume ?? 0;
    while (result && left > 0) {
      const buy = this.#first('buy', result.price);
      const sell = this.#first('sell', result.price);
      if (!buy || !sell) throw new Error('the auction promised more volume than the book holds');
      const quantity = Math.min(left, buy.open, sell.open);
      fills.push(this.#trade(buy, sell, result.price, quantity, null));
      left -= quantity;
    }
    if (result) this.lastPrice = result.price;
    return fills;
  }

  /** Turns waiting market orders into limit orders at the last price, for continuous trading after an auction. */
  releaseWaiting(): readonly Fill[] {
    const fills: Fill[] = [];
    for (const order of this.waiting.splice(0)) {
      const other = order.side === 'buy' ? this.asks : this.bids;
      fills.push(...this.#sweep(order, other, null).fills);
      if (order.open === 0) continue;
      order.price = this.lastPrice;
      this.#side(order).add(order as BookOrder & { price: number });
    }
    return fills;
  }

  /** 조건부지정가: becomes a market order in the closing auction and keeps its time. */
  turnIntoMarket(id: number): void {
    const order = this.#byId.get(id);
    if (!order || order.price === null) return;
    this.#side(order).remove(order);
    order.price = null;
    this.waiting.push(order);
    this.waiting.sort((a, b) => a.sequence - b.sequence);
  }

  #side(order: BookOrder): BookSide {
    return order.side === 'buy' ? this.bids : this.asks;
  }

  /** undefined: the price the order asks for does not exist (no opposite or own best). */
  #effectivePrice(request: EngineRequest, own: BookSide, other: BookSide): number | null | undefined {
    switch (request.kind) {
      case 'market':
        return null;
      case 'limit':
        return request.price ?? undefined;
      case 'best':
        return other.bestPrice() ?? undefined;
      case 'own_best':
        return own.bestPrice() ?? undefined;
    }
  }

  #rest(order: BookOrder, fills: readonly Fill[]): MatchResult {
    this.#byId.set(order.id, order);
    if (order.price === null) {
      this.waiting.push(order);
      this.waiting.sort((a, b) => a.sequence - b.sequence);
    } else this.#side(order).add(order as BookOrder & { price: number });
    return { fills, dropped: 0, restingPrice: order.price };
  }

  /** `lastTrade` null: nobody asks whether the trades are allowed. `refused` is the price at which it stopped for that. */
  #sweep(order: BookOrder, other: BookSide, lastTrade: number | null): { fills: Fill[]; refused: number | null } {
    const fills: Fill[] = [];
    for (let maker = other.best(); order.open > 0 && maker; maker = other.best()) {
      if (order.price !== null && other.better(order.price, maker.price!)) break;
      if (lastTrade !== null && !this.mayTrade(maker.price!, lastTrade)) return { fills, refused: maker.price! };
      const quantity = Math.min(order.open, maker.open);
      const [buy, sell] = order.side === 'buy' ? [order, maker] : [maker, order];
      fills.push(this.#trade(buy, sell, maker.price!, quantity, order.side));
    }
    return { fills, refused: null };
  }

  #trade(buy: BookOrder, sell: BookOrder, price: number, quantity: number, aggressor: 'buy' | 'sell' | null): Fill {
    buy.open -= quantity;
    sell.open -= quantity;
    this.lastPrice = price;
    const fill: Fill = { price, quantity, buy: { ...buy }, sell: { ...sell }, aggressor };
    if (buy.open === 0) this.#forget(buy);
    if (sell.open === 0) this.#forget(sell);
    return fill;
  }

  #forget(order: BookOrder): void {
    this.#byId.delete(order.id);
    const waiting = this.waiting.indexOf(order);
    if (waiting >= 0) this.waiting.splice(waiting, 1);
    else this.#side(order).remove(order);
  }

  /** Who trades first in an auction at `price`: market orders by time, then the best limit. */
  #first(side: 'buy' | 'sell', price: number): BookOrder | undefined {
    const market = this.waiting.find((order) => order.side === side);
    if (market) return market;
    const best = (side === 'buy' ? this.bids : this.asks).best();
    if (!best) return undefined;
    return (side === 'buy' ? best.price! >= price : best.price! <= price) ? best : undefined;
  }

  /** Shares the other side offers within the order's limit, and at prices that may trade. */
  #reachable(order: BookOrder, other: BookSide, lastTrade: number): number {
    let total = 0;
    for (const level of other.levels) {
      if (order.price !== null && other.better(order.price, level.price)) break;
      if (!this.mayTrade(level.price, lastTrade)) break;
      for (const maker of level.queue) total += maker.open;
      if (total >= order.open) break;
    }
    return total;
  }
}
