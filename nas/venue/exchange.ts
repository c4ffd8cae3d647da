import { createHash } from 'node:crypto';
import { Agenda } from './agenda.ts';
import { bookFill, reserve, takeOut } from './booking.ts';
import type { EngineRequest, Fill, MatchResult } from './engine/symbol-engine.ts';
import { refusalOf } from './entry-rules.ts';
import { type InterruptionOptions, Interruptions } from './interruptions.ts';
import { type Account, Ledger } from './ledger/ledger.ts';
import type { Instrument } from './market/instruments.ts';
import { MarketState, type Print } from './market/market-state.ts';
import type { MarketRules } from './market/rules.ts';
import { orderRecord } from './order-record.ts';
import { OrderStore } from './order-store.ts';
import { MATCHING, type Phase, type Sessions } from './sessions.ts';
import { DEFAULT_VARIANTS, type Variants } from './variants.ts';
import {
  type Channel,
  CONDITIONAL,
  type OnAccepted,
  type OrderEvent,
  type OrderTicket,
  type Outcome,
  type Refusal,
  type VenueOrder,
} from './venue-order.ts';

/** The owner of every background order; it has no account, no limit and no fee. */
export const HOUSE = 'house';

type ExchangeVariants = Pick<Variants, 'numberRow' | 'paperUnfilled'>;

export interface ExchangeListeners {
  /** An execution is about to be booked. */
  beforeFill?(order: VenueOrder, now: number): void;
  onOrder(event: OrderEvent): void;
  onPrint(market: MarketState, print: Print): void;
  /** An interruption, a halt or single-price trading began or ended. */
  onState?(market: MarketState): void;
  /** The visible book of a symbol changed. */
  onBook(market: MarketState): void;
}

/** Orders, accounts and phases over all symbols. Deterministic: every instant is passed in, nothing here draws lots. */
export class Exchange {
  readonly markets = new Map<string, MarketState>();
  readonly ledger = new Ledger();
  /** Requests of accounts, today's and older ones that are still asked for. */
  readonly store = new OrderStore();
  readonly agenda = new Agenda();
  readonly interruptions: Interruptions;
  readonly sessions: Sessions;
  readonly rules: MarketRules;
  phase: Phase = 'after';
  day = '';
  /** The broker's own clock runs this far from the venue's: order times and notices show it. */
  skewMs = 0;
  readonly #listeners: ExchangeListeners;
  readonly #variants: ExchangeVariants;
  readonly #history = createHash('sha256');
  #changes = 0;

  constructor(options: {
    sessions: Sessions;
    rules: MarketRules;
    instruments: readonly Instrument[];
    listeners: ExchangeListeners;
    variants?: ExchangeVariants;
    interruptions?: Partial<InterruptionOptions>;
  }) {
    this.#variants = options.variants ?? DEFAULT_VARIANTS;
    this.sessions = options.sessions;
    this.rules = options.rules;
    this.#listeners = options.listeners;
    for (const instrument of options.instruments) this.markets.set(instrument.symbol, new MarketState(instrument, instrument.startPrice));
    this.interruptions = new Interruptions(this, { volatility: false, seed: 1, schedule: [], ...options.interruptions });
  }

  get orders(): readonly VenueOrder[] {
    return this.store.all;
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
    if (this.#variants.numberRow === 'daily') this.store.restartNumbers();
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
      if (phase === 'closing_auction') this.#turnConditional(market);
      this.interruptions.onPhase(market);
      this.rematch(market, now);
      if (previous !== phase) this.#listeners.onBook(market);
    }
    if (phase === 'after') this.expireAll();
  }

  /** Lets a market match as its phase and its own state ask for; an auction that ends matches first, one that is halted does not. */
  rematch(market: MarketState, now: number): void {
    const { engine } = market;
    const next = this.interruptions.matching(market);
    const endsAuction = engine.phase === 'auction' && next !== 'auction' && market.state !== 'halted';
    if (endsAuction) this.matchAuction(market, now);
    engine.phase = next;
    if (endsAuction && next === 'continuous') for (const fill of engine.releaseWaiting()) this.#recordFill(market, fill, now);
  }

  /** One price for everything that can trade (단일가); it is the next reference of the static interruption. */
  matchAuction(market: MarketState, now: number): void {
    const fills = market.engine.uncross();
    for (const fill of fills) this.#recordFill(market, fill, now);
    if (fills[0]) market.viReference = fills[0].price;
    this.#listeners.onBook(market);
  }

  /** An execution of an account's order is about to be booked. */
  tellBeforeFill(order: VenueOrder, now: number): void {
    this.#listeners.beforeFill?.(order, now);
  }

  /** A market's own state has changed. */
  tellState(market: MarketState): void {
    this.#note('state', market.instrument.symbol, market.state);
    this.#listeners.onState?.(market);
    this.#listeners.onBook(market);
  }

  /** End of the session: what is left of the day's orders expires, background orders included. */
  expireAll(): void {
    const { paperUnfilled } = this.#variants;
    for (const order of this.store.working()) {
      if (order.environment === 'paper' && paperUnfilled === 'carried_over') continue;
      this.markets.get(order.symbol)!.engine.cancel(order.id);
      const quantity = order.open;
      order.open = 0;
      order.status = 'expired';
      if (order.environment === 'paper' && paperUnfilled === 'cancelled') order.cancelled += quantity;
      this.ledger.release(order.id);
      this.#emit({ type: 'expired', order, quantity });
    }
    for (const { engine } of this.markets.values())
      for (const order of [...engine.orders()]) if (order.owner === HOUSE) engine.cancel(order.id);
  }

  /** An order of the background market. Its id is returned so that the trader can take it back. */
  submitHouse(market: MarketState, request: Omit<EngineRequest, 'id' | 'owner'>, now: number): { id: number; result: MatchResult } {
    const id = this.store.newId();
    const result = market.engine.submit({ ...request, id, owner: HOUSE });
    for (const fill of result.fills) this.#recordFill(market, fill, now);
    if (result.interruption) this.interruptions.begin(market, result.interruption, now);
    this.#listeners.onBook(market);
    return { id, result };
  }

  submit(account: Account, ticket: OrderTicket, now: number, onAccepted?: OnAccepted): Outcome {
    const refusal = refusalOf(this, account, ticket);
    if (refusal) return { ok: false, refusal };
    const order = this.#record(account, ticket, { action: 'new' }, now);
    reserve(this, order);
    const next = onAccepted?.(order) ?? 'go';
    this.#emit({ type: 'accepted', order });
    if (next === 'go') this.#enter(order, now);
    return { ok: true, order };
  }

  /** Takes back all or part of an order. The answer is the cancel request, with a number of its own. */
  cancel(account: Account, orderNumber: string, quantity: number | 'all', now: number, onAccepted?: OnAccepted): Outcome {
    const found = this.#changeable(account, orderNumber, quantity);
    if ('refusal' in found) return { ok: false, refusal: found.refusal };
    const { order, amount } = found;
    const { symbol, side, orderType } = order;
    const ticket = { symbol, side, orderType, quantity: amount, price: 0 };
    const request = this.#record(account, ticket, { action: 'cancel', original: order }, now);
    if ((onAccepted?.(request) ?? 'go') === 'go') this.confirmCancel(request);
    return { ok: true, order: request };
  }

  /** The exchange's word on an accepted cancel: it takes what is still open, or is refused when nothing is. */
  confirmCancel(request: VenueOrder): void {
    const order = this.store.byId(request.originalId);
    const amount = order.status === 'working' ? Math.min(request.quantity, order.open) : 0;
    if (amount === 0) {
      request.status = 'rejected';
      request.rejected = request.quantity;
      this.#emit({ type: 'rejected', order: request });
      return;
    }
    this.markets.get(order.symbol)!.engine.cancel(order.id, amount);
    request.cancelled = amount;
    takeOut(this, order, amount, 'cancelled');
    this.#emit({ type: 'cancelled', order, by: request, quantity: amount, reason: 'request' });
    this.#listeners.onBook(this.markets.get(order.symbol)!);
  }

  /** 거부 after acceptance: the exchange refuses an order that the broker had taken. */
  rejectLate(order: VenueOrder): void {
    if (order.status !== 'working') return;
    this.markets.get(order.symbol)!.engine.cancel(order.id);
    order.rejected = order.open;
    order.open = 0;
    order.status = 'rejected';
    this.ledger.release(order.id);
    this.#emit({ type: 'rejected', order });
  }

  /** A scripted fill: shares of one working order trade with the house at the order's own price, whatever else stands in the book. Nothing is printed. */
  fillByScript(order: VenueOrder, quantity: number, now: number): number {
    const market = this.markets.get(order.symbol)!;
    const fill = order.status === 'working' ? market.engine.fillDirectly(order.id, quantity, HOUSE) : null;
    if (!fill) return 0;
    this.#bookFill(market, fill, now);
    this.#listeners.onBook(market);
    return fill.quantity;
  }

  /** 정정: the remainder leaves the book and comes back as a new order with a new number, behind everyone at its price. */
  modify(
    account: Account,
    orderNumber: string,
    change: { quantity: number | 'all'; price: number; orderType: string; channel?: Channel },
    now: number,
    onAccepted?: OnAccepted,
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
      ...(change.channel && { channel: change.channel }),
    };
    const refusal = refusalOf(this, account, ticket, order);
    if (refusal) return { ok: false, refusal };
    this.markets.get(order.symbol)!.engine.cancel(order.id, amount);
    takeOut(this, order, amount, 'replaced');
    const next = this.#record(account, ticket, { action: 'modify', original: order }, now);
    reserve(this, next);
    onAccepted?.(next);
    this.#emit({ type: 'replaced', order, by: next, quantity: amount });
    this.#enter(next, now);
    return { ok: true, order: next };
  }

  /** Puts a working order of a snapshot back into the book with its old place. */
  restore(order: VenueOrder): void {
    this.store.restore(order, this.day);
    if (order.status !== 'working') return;
    const market = this.markets.get(order.symbol);
    if (!market || order.day !== this.day || MATCHING[this.phase] === 'closed') {
      order.status = 'expired';
      order.open = 0;
      return;
    }
    reserve(this, order);
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
    for (const order of this.store.working()) {
      const place = this.markets.get(order.symbol)!.engine.order(order.id);
      if (place) order.resting = { price: place.price, sequence: place.sequence };
    }
  }

  /** The order an account may change, and how much of it. */
  #changeable(
    account: Account,
    orderNumber: string,
    quantity: number | 'all',
  ): { order: VenueOrder; amount: number } | { refusal: Refusal } {
    const order = this.store.find(account.id, this.day, orderNumber) ?? this.#carriedOver(account, orderNumber);
    if (!order || order.action === 'cancel') return { refusal: 'unknown_order' };
    if (order.status === 'expired' || order.status === 'rejected') return { refusal: 'unknown_order' };
    if (order.status !== 'working') return { refusal: 'nothing_left' };
    if (MATCHING[this.phase] === 'closed') return { refusal: 'after_close' };
    const amount = quantity === 'all' ? order.open : quantity;
    return amount > order.open ? { refusal: 'over_open_quantity' } : { order, amount };
  }

  /** An order of an earlier day that still works, where the variant lets it. */
  #carriedOver(account: Account, orderNumber: string): VenueOrder | undefined {
    for (const order of this.store.working())
      if (order.accountId === account.id && order.day < this.day && Number(order.orderNumber) === Number(orderNumber)) return order;
    return undefined;
  }

  #record(
    account: Account,
    ticket: OrderTicket,
    request: { action: VenueOrder['action']; original?: VenueOrder },
    now: number,
  ): VenueOrder {
    const order = orderRecord(this, account, ticket, request, now);
    this.store.add(order);
    return order;
  }

  #enter(order: VenueOrder, now: number): void {
    const market = this.markets.get(order.symbol)!;
    const { id, accountId: owner, side, quantity, kind, price, timeInForce } = order;
    const result = market.engine.submit({ id, owner, side, quantity, kind, price, timeInForce });
    for (const fill of result.fills) this.#recordFill(market, fill, now);
    if (result.interruption) this.interruptions.begin(market, result.interruption, now);
    if (result.dropped > 0) {
      takeOut(this, order, result.dropped, 'cancelled');
      this.#emit({ type: 'cancelled', order, by: null, quantity: result.dropped, reason: 'ioc' });
    }
    this.#listeners.onBook(market);
  }

  #recordFill(market: MarketState, fill: Fill, now: number): void {
    this.#bookFill(market, fill, now);
    const print = market.record(fill, now);
    this.#note('print', market.instrument.symbol, fill.price, fill.quantity, now);
    this.#listeners.onPrint(market, print);
  }

  #bookFill(market: MarketState, fill: Fill, now: number): void {
    for (const { order, fill: told } of bookFill(this, market, fill, now)) this.#emit({ type: 'filled', order, fill: told });
  }

  #turnConditional({ engine, instrument }: MarketState): void {
    for (const order of this.store.working()) {
      if (order.symbol === instrument.symbol && order.orderType === CONDITIONAL) engine.turnIntoMarket(order.id);
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
