import { createHash } from 'node:crypto';
import type { EngineRequest, Fill, MatchResult } from './engine/symbol-engine.ts';
import { type Account, Ledger } from './ledger/ledger.ts';
import type { Instrument } from './market/instruments.ts';
import { MarketState, type Print } from './market/market-state.ts';
import type { MarketRules } from './market/rules.ts';
import { seoulTime } from './seoul-time.ts';
import { MATCHING, type Phase, type Sessions } from './sessions.ts';
import { CONDITIONAL, ORDER_TYPES, type OrderEvent, type OrderFill, type Outcome, type Refusal, type VenueOrder } from './venue-order.ts';

/** The owner of every background order; it has no account, no limit and no fee. */
export const HOUSE = 'house';
/** Branch that takes API orders: measured on paper, an example on real. */
const BRANCH = { paper: '00950', real: '06010' } as const;

export interface ExchangeListeners {
  onOrder(event: OrderEvent): void;
  onPrint(market: MarketState, print: Print): void;
  /** The visible book of a symbol changed. */
  onBook(market: MarketState): void;
}

export interface OrderTicket {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly orderType: string;
  readonly quantity: number;
  readonly price: number;
  readonly channel?: 'OpnAPI' | 'Nsmart';
}

/** Orders, accounts and phases over all symbols. Deterministic: every instant is passed in, nothing here draws lots. */
export class Exchange {
  readonly markets = new Map<string, MarketState>();
  readonly ledger = new Ledger();
  /** Requests of accounts, today's and older ones that are still asked for, in order of arrival. */
  readonly orders: VenueOrder[] = [];
  readonly sessions: Sessions;
  readonly rules: MarketRules;
  phase: Phase = 'after';
  day = '';
  readonly #byId = new Map<number, VenueOrder>();
  readonly #listeners: ExchangeListeners;
  readonly #nextNumber = { real: 1, paper: 1 };
  readonly #history = createHash('sha256');
  #nextId = 1;
  #changes = 0;

  constructor(options: { sessions: Sessions; rules: MarketRules; instruments: readonly Instrument[]; listeners: ExchangeListeners }) {
    this.sessions = options.sessions;
    this.rules = options.rules;
    this.#listeners = options.listeners;
    for (const instrument of options.instruments) this.markets.set(instrument.symbol, new MarketState(instrument, instrument.startPrice));
  }

  /** Counts everything that a snapshot must keep; unchanged means nothing to write. */
  get changes(): number {
    return this.#changes;
  }
  touch(): void {
    this.#changes++;
  }

  /** A digest of all that has happened: same seed and same requests under the same clock give the same digest. */
  eventHash(): string {
    return this.#history.copy().digest('hex');
  }

  /** A new calendar day: order numbers restart and due cash settles. */
  startDay(day: string): void {
    this.day = day;
    this.#nextNumber.real = this.#nextNumber.paper = 1;
    this.ledger.startDay(day);
    this.#note('day', day);
    this.#changes++;
  }

  /** A trading day of one symbol begins at a base price. */
  startTradingDay(market: MarketState, day: string, basePrice: number): void {
    market.startDay(day, basePrice, this.rules.limits(market.instrument, day, basePrice));
  }

  setPhase(phase: Phase, now: number): void {
    const previous = this.phase;
    this.phase = phase;
    this.#note('phase', phase, now);
    for (const market of this.markets.values()) {
      const { engine } = market;
      const endsAuction = engine.phase === 'auction' && MATCHING[phase] !== 'auction';
      if (phase === 'closing_auction') this.#turnConditional(market);
      if (endsAuction) for (const fill of engine.uncross()) this.#recordFill(market, fill, now);
      engine.phase = MATCHING[phase];
      if (endsAuction && phase === 'continuous') for (const fill of engine.releaseWaiting()) this.#recordFill(market, fill, now);
      if (previous !== phase) this.#listeners.onBook(market);
    }
    if (phase === 'after') this.expireAll();
  }

  /** End of the session: what is left of the day's orders expires, background orders included. */
  expireAll(): void {
    for (const order of this.orders) {
      if (order.status !== 'working') continue;
      this.markets.get(order.symbol)!.engine.cancel(order.id);
      const quantity = order.open;
      order.open = 0;
      order.status = 'expired';
      this.ledger.release(order.id);
      this.#emit({ type: 'expired', order, quantity });
    }
    for (const { engine } of this.markets.values()) for (const order of [...engine.orders()]) engine.cancel(order.id);
  }

  /** An order of the background market. Its id is returned so that the trader can take it back. */
  submitHouse(market: MarketState, request: Omit<EngineRequest, 'id' | 'owner'>, now: number): { id: number; result: MatchResult } {
    const id = this.#nextId++;
    const result = market.engine.submit({ ...request, id, owner: HOUSE });
    for (const fill of result.fills) this.#recordFill(market, fill, now);
    this.#listeners.onBook(market);
    return { id, result };
  }

  submit(account: Account, ticket: OrderTicket, now: number): Outcome {
    const refusal = this.#refuse(account, ticket);
    if (refusal) return { ok: false, refusal };
    const order = this.#newOrder(account, ticket, { action: 'new', originalOrderNumber: '' }, now);
    this.#reserve(order);
    this.#emit({ type: 'accepted', order });
    this.#enter(order, now);
    return { ok: true, order };
  }

  /** Takes back all or part of an order. The answer is the cancel request, with a number of its own. */
  cancel(account: Account, orderNumber: string, quantity: number | 'all', now: number): Outcome {
    const found = this.#changeable(account, orderNumber, quantity);
    if ('refusal' in found) return { ok: false, refusal: found.refusal };
    const { order, amount } = found;
    this.markets.get(order.symbol)!.engine.cancel(order.id, amount);
    const request = this.#newOrder(
      account,
      { ...order, quantity: amount, price: 0 },
      { action: 'cancel', originalOrderNumber: order.orderNumber },
      now,
    );
    request.status = 'confirmed';
    request.open = 0;
    request.cancelled = amount;
    this.#takeOut(order, amount, 'cancelled');
    this.#emit({ type: 'cancelled', order, by: request, quantity: amount, reason: 'request' });
    this.#listeners.onBook(this.markets.get(order.symbol)!);
    return { ok: true, order: request };
  }

  /** 정정: the remainder leaves the book and comes back as a new order with a new number, behind everyone at its price. */
  modify(
    account: Account,
    orderNumber: string,
    change: { quantity: number | 'all'; price: number; orderType: string },
    now: number,
  ): Outcome {
    const found = this.#changeable(account, orderNumber, change.quantity);
    if ('refusal' in found) return { ok: false, refusal: found.refusal };
    const { order, amount } = found;
    const ticket: OrderTicket = {
      symbol: order.symbol,
      side: order.side,
      orderType: change.orderType,
      quantity: amount,
      price: change.price,
    };
    const refusal = this.#refuse(account, ticket, order);
    if (refusal) return { ok: false, refusal };
    this.markets.get(order.symbol)!.engine.cancel(order.id, amount);
    this.#takeOut(order, amount, 'replaced');
    const next = this.#newOrder(account, ticket, { action: 'modify', originalOrderNumber: order.orderNumber }, now);
    this.#reserve(next);
    this.#emit({ type: 'replaced', order, by: next, quantity: amount });
    this.#enter(next, now);
    return { ok: true, order: next };
  }

  /** Puts a working order of a snapshot back into the book with its old place. */
  restore(order: VenueOrder): void {
    this.orders.push(order);
    this.#byId.set(order.id, order);
    this.#nextId = Math.max(this.#nextId, order.id + 1);
    if (order.day === this.day) {
      const number = Number(order.orderNumber) + 1;
      this.#nextNumber[order.environment] = Math.max(this.#nextNumber[order.environment], number);
    }
    if (order.status !== 'working') return;
    const market = this.markets.get(order.symbol);
    if (!market || order.day !== this.day || MATCHING[this.phase] === 'closed') {
      order.status = 'expired';
      order.open = 0;
      return;
    }
    this.#reserve(order);
    const { engine } = market;
    const { price, sequence } = order.resting ?? { price: order.reservePrice, sequence: undefined };
    const kind = price === null ? 'market' : 'limit';
    // Entering as in an auction: nothing trades at the moment of the restart, and the next order meets the restored book.
    const { phase } = engine;
    engine.phase = 'auction';
    engine.submit({
      id: order.id,
      owner: order.accountId,
      side: order.side,
      quantity: order.open,
      kind,
      price,
      timeInForce: 'day',
      ...(sequence && { sequence }),
    });
    engine.phase = phase;
  }

  /** Notes where working orders stand, before a snapshot is written. */
  markResting(): void {
    for (const order of this.orders) {
      if (order.status !== 'working') continue;
      const { price, sequence } = this.markets.get(order.symbol)!.engine.order(order.id)!;
      order.resting = { price, sequence };
    }
  }

  #refuse(account: Account, ticket: OrderTicket, replaced?: VenueOrder): Refusal | null {
    const market = this.markets.get(ticket.symbol);
    if (!market) return 'unknown_symbol';
    const type = ORDER_TYPES[ticket.orderType];
    if (!type) return 'bad_order_type';
    if (!this.sessions.isTradingDay(this.day)) return 'not_a_trading_day';
    if (this.phase === 'before') return 'before_open';
    if (this.phase === 'after') return 'after_close';
    // KRX takes only limit and market orders in its call auctions.
    if (MATCHING[this.phase] === 'auction' && (type.timeInForce !== 'day' || !['00', '01'].includes(ticket.orderType)))
      return 'bad_order_type';
    if (type.kind === 'limit') {
      if (ticket.price < market.lowerLimit || ticket.price > market.upperLimit) return 'outside_limits';
      if (ticket.price % this.rules.tickSize(market.instrument, this.day, ticket.price) !== 0) return 'off_tick';
    }
    if (ticket.side === 'buy') {
      const freed = replaced ? this.#reservationOf(replaced) : 0;
      const amount = this.#reservePrice(market, ticket) * ticket.quantity;
      if (!Number.isSafeInteger(amount) || amount + this.rules.commission(amount) > this.ledger.orderableCash(account) + freed)
        return 'no_cash';
      return null;
    }
    const sellable = this.ledger.sellable(account, ticket.symbol) + (replaced?.open ?? 0);
    if ((account.holdings.get(ticket.symbol)?.quantity ?? 0) === 0) return 'no_holding';
    return ticket.quantity > sellable ? 'over_sellable' : null;
  }

  /** The order an account may change, and how much of it. */
  #changeable(
    account: Account,
    orderNumber: string,
    quantity: number | 'all',
  ): { order: VenueOrder; amount: number } | { refusal: Refusal } {
    const order = this.orders.findLast(
      (candidate) =>
        candidate.accountId === account.id && candidate.day === this.day && Number(candidate.orderNumber) === Number(orderNumber),
    );
    if (!order || order.action === 'cancel') return { refusal: 'unknown_order' };
    if (order.status === 'expired') return { refusal: 'unknown_order' };
    if (order.status !== 'working') return { refusal: 'nothing_left' };
    if (MATCHING[this.phase] === 'closed') return { refusal: 'after_close' };
    const amount = quantity === 'all' ? order.open : quantity;
    return amount > order.open ? { refusal: 'over_open_quantity' } : { order, amount };
  }

  #newOrder(account: Account, ticket: OrderTicket, request: Pick<VenueOrder, 'action' | 'originalOrderNumber'>, now: number): VenueOrder {
    const type = ORDER_TYPES[ticket.orderType]!;
    const market = this.markets.get(ticket.symbol)!;
    const { environment } = account;
    const order: VenueOrder = {
      id: this.#nextId++,
      accountId: account.id,
      environment,
      day: this.day,
      orderNumber: String(this.#nextNumber[environment]++).padStart(10, '0'),
      branch: BRANCH[environment],
      ...request,
      symbol: ticket.symbol,
      side: ticket.side,
      orderType: ticket.orderType,
      kind: type.kind,
      timeInForce: type.timeInForce,
      quantity: ticket.quantity,
      price: type.kind === 'limit' ? ticket.price : 0,
      time: seoulTime(now),
      reservePrice: this.#reservePrice(market, ticket),
      channel: ticket.channel ?? 'OpnAPI',
      status: 'working',
      open: ticket.quantity,
      filled: 0,
      filledAmount: 0,
      cancelled: 0,
      fee: 0,
      tax: 0,
      resting: null,
      fills: [],
    };
    this.orders.push(order);
    this.#byId.set(order.id, order);
    return order;
  }

  /** A priceless order reserves at the upper limit (KIS: market buys above about 77 % of the cash are refused). */
  #reservePrice(market: MarketState, ticket: Pick<OrderTicket, 'orderType' | 'price'>): number {
    return ORDER_TYPES[ticket.orderType]?.kind === 'limit' && ticket.orderType !== CONDITIONAL ? ticket.price : market.upperLimit;
  }

  #enter(order: VenueOrder, now: number): void {
    const market = this.markets.get(order.symbol)!;
    const { id, accountId: owner, side, quantity, kind, price, timeInForce } = order;
    const result = market.engine.submit({ id, owner, side, quantity, kind, price, timeInForce });
    for (const fill of result.fills) this.#recordFill(market, fill, now);
    if (result.dropped > 0) {
      this.#takeOut(order, result.dropped, 'cancelled');
      this.#emit({ type: 'cancelled', order, by: null, quantity: result.dropped, reason: 'ioc' });
    }
    this.#listeners.onBook(market);
  }

  #takeOut(order: VenueOrder, quantity: number, how: 'cancelled' | 'replaced'): void {
    order.open -= quantity;
    if (how === 'cancelled') order.cancelled += quantity;
    if (order.open === 0) order.status = how;
    this.#reserve(order);
  }

  #reservationOf(order: VenueOrder): number {
    const amount = order.reservePrice * order.open;
    return order.side === 'buy' ? amount + this.rules.commission(amount) : 0;
  }

  #reserve(order: VenueOrder): void {
    const cash = this.#reservationOf(order);
    const shares = order.side === 'sell' ? order.open : 0;
    this.ledger.reserve(order.id, { accountId: order.accountId, symbol: order.symbol, cash, shares });
  }

  #recordFill(market: MarketState, fill: Fill, now: number): void {
    for (const side of ['buy', 'sell'] as const) {
      const { id, owner } = fill[side];
      const { symbol } = market.instrument;
      if (owner === HOUSE) this.ledger.bookHouse({ symbol, side, price: fill.price, quantity: fill.quantity });
      else this.#fillOrder(this.#byId.get(id)!, fill, now);
    }
    const print = market.record(fill, now);
    this.#note('print', market.instrument.symbol, fill.price, fill.quantity, now);
    this.#listeners.onPrint(market, print);
  }

  #fillOrder(order: VenueOrder, { price, quantity }: Fill, now: number): void {
    const { instrument } = this.markets.get(order.symbol)!;
    const settlementDay = this.sessions.tradingDayAfter(this.day, 2);
    order.open -= quantity;
    order.filled += quantity;
    order.filledAmount += price * quantity;
    // Fee and tax are cut to the won on the order's total, so partial fills cost no more than one.
    const fee = this.rules.commission(order.filledAmount) - order.fee;
    const tax = order.side === 'sell' ? this.rules.tax(instrument, this.day, settlementDay, order.filledAmount) - order.tax : 0;
    order.fee += fee;
    order.tax += tax;
    const account = this.ledger.accounts.get(order.accountId)!;
    this.ledger.book(account, { symbol: order.symbol, side: order.side, price, quantity, fee, tax, day: this.day, settlementDay });
    if (order.open === 0) order.status = 'filled';
    this.#reserve(order);
    const fill: OrderFill = { price, quantity, time: seoulTime(now), fee, tax };
    order.fills.push(fill);
    this.#emit({ type: 'filled', order, fill });
  }

  #turnConditional({ engine, instrument }: MarketState): void {
    for (const order of this.orders) {
      if (order.status === 'working' && order.symbol === instrument.symbol && order.orderType === CONDITIONAL)
        engine.turnIntoMarket(order.id);
    }
  }

  #emit(event: OrderEvent): void {
    this.#changes++;
    const { order } = event;
    this.#note(event.type, order.accountId, order.orderNumber, order.open, order.filled, order.filledAmount);
    this.#listeners.onOrder(event);
  }

  #note(...parts: readonly (string | number)[]): void {
    this.#history.update(`${parts.join('|')}\n`);
  }
}
