import type { Exchange } from '../exchange.ts';
import { hashSeed, type Random, random } from '../random.ts';
import { seoulInstant } from '../seoul-time.ts';
import { plannedDay } from './daily-bars.ts';
import { intradayPath } from './intraday.ts';
import type { MarketState } from './market-state.ts';

const LEVELS = 10;
/** The background market of one symbol: a maker with ten levels on both sides around the day's planned road, and takers. */
export class SymbolTraders {
  readonly market: MarketState;
  nextAt = 0;
  readonly #exchange: Exchange;
  readonly #seed: number;
  readonly #meanGapMs: number;
  #chance: Random;
  #path: readonly number[] = [];
  #openAt = 0;
  #sessionMs = 390 * 60_000;
  /** Working quotes by price. */
  readonly #quotes = { buy: new Map<number, number>(), sell: new Map<number, number>() };

  constructor(exchange: Exchange, market: MarketState, seed: number, eventsPerSecond: number) {
    this.#exchange = exchange;
    this.market = market;
    this.#seed = seed;
    // Liquid names move more often, but none more than about twice the mean.
    const eagerness = Math.min(2, 0.6 + market.instrument.dailyVolume / 4_000_000);
    this.#meanGapMs = 1_000 / (eventsPerSecond * eagerness);
    this.#chance = random(seed);
  }

  startDay(day: string): void {
    const { instrument } = this.market;
    const { open, close } = this.#exchange.sessions.bounds(day);
    const { bar } = plannedDay(this.#seed, instrument, day);
    this.#path = intradayPath(this.#seed, instrument, bar, close - open);
    this.#openAt = seoulInstant(day, open);
    this.#sessionMs = (close - open) * 60_000;
    this.#chance = random(hashSeed(this.#seed, instrument.symbol, day, 'traders'));
    this.forget();
  }

  /** The book was emptied (end of session): nothing is quoted any more. */
  forget(): void {
    this.#quotes.buy.clear();
    this.#quotes.sell.clear();
  }

  /** One step at its planned instant; sets the next one. */
  step(): void {
    const at = this.nextAt;
    this.nextAt = at + Math.max(50, Math.round(this.#meanGapMs * (0.3 + 1.4 * this.#chance.next())));
    if (this.market.engine.phase === 'closed') return;
    const fair = this.#fairPrice(at);
    this.#quote(fair, at);
    if (this.market.engine.phase === 'continuous') this.#take(at);
    else if (this.#chance.next() < 0.3) this.#joinAuction(fair, at);
  }

  /** Where the day's plan is at an instant, in won (not on a tick). */
  #fairPrice(at: number): number {
    const minute = Math.max(0, (at - this.#openAt) / 60_000);
    const index = Math.min(this.#path.length - 1, Math.floor(minute));
    const here = this.#path[index] ?? this.market.basePrice;
    const next = this.#path[index + 1] ?? here;
    return here + (next - here) * (minute - index || 0);
  }

  #quote(fair: number, at: number): void {
    const { market, instrument, day } = { market: this.market, instrument: this.market.instrument, day: this.market.day };
    const { rules } = this.#exchange;
    const clampLow = Math.max(market.lowerLimit, rules.floorToTick(instrument, day, fair));
    let bid = Math.min(clampLow, market.upperLimit);
    let ask = bid + rules.tickSize(instrument, day, bid);
    const bids: number[] = [];
    const asks: number[] = [];
    for (let i = 0; i < LEVELS; i++) {
      if (bid >= market.lowerLimit) bids.push(bid);
      if (ask <= market.upperLimit) asks.push(ask);
      bid = bid > 1 ? rules.floorToTick(instrument, day, bid - 1) : 0;
      ask += rules.tickSize(instrument, day, ask);
    }
    // Quotes on the wrong side go first: a maker never trades with itself.
    this.#withdraw('buy', bids);
    this.#withdraw('sell', asks);
    this.#refill('buy', bids, at);
    this.#refill('sell', asks, at);
  }

  #withdraw(side: 'buy' | 'sell', wanted: readonly number[]): void {
    for (const [price, id] of this.#quotes[side]) {
      const isGone = this.market.engine.order(id) === undefined;
      if (!isGone && wanted.includes(price)) continue;
      if (!isGone) this.market.engine.cancel(id);
      this.#quotes[side].delete(price);
    }
  }

  #refill(side: 'buy' | 'sell', wanted: readonly number[], at: number): void {
    // At most four new levels a step once the book stands, so that depth visibly rebuilds after a sweep.
    let budget = this.#quotes[side].size < 3 ? LEVELS : 4;
    for (const [level, price] of wanted.entries()) {
      if (budget === 0) return;
      if (this.#quotes[side].has(price)) continue;
      const quantity = this.#quoteQuantity() * (level === 0 ? 1 : 2) + this.#chance.int(1, 9);
      const { id } = this.#exchange.submitHouse(this.market, { side, quantity, kind: 'limit', price, timeInForce: 'day' }, at);
      this.#quotes[side].set(price, id);
      budget--;
    }
  }

  #take(at: number): void {
    if (this.#chance.next() > 0.75) return;
    const side = this.#chance.next() < 0.5 ? 'buy' : 'sell';
    const quantity = Math.max(1, Math.floor(this.#typicalQuantity() * (0.05 + this.#chance.next() * 1.1)));
    this.#exchange.submitHouse(this.market, { side, quantity, kind: 'best', price: null, timeInForce: 'ioc' }, at);
  }

  #joinAuction(fair: number, at: number): void {
    const { rules } = this.#exchange;
    const side = this.#chance.next() < 0.5 ? 'buy' : 'sell';
    const reach = fair * (side === 'buy' ? 1.004 : 0.996);
    const price = Math.min(
      this.market.upperLimit,
      Math.max(this.market.lowerLimit, rules.floorToTick(this.market.instrument, this.market.day, reach)),
    );
    this.#exchange.submitHouse(this.market, { side, quantity: this.#typicalQuantity(), kind: 'limit', price, timeInForce: 'day' }, at);
  }

  /** Shares of one quoted level: a two-thousandth of an ordinary day, whatever the rhythm, but never less than takers want. */
  #quoteQuantity(): number {
    const share = Math.floor((this.market.instrument.dailyVolume / 2_000) * (0.6 + 0.8 * this.#chance.next()));
    return Math.max(share, 2 * this.#typicalQuantity());
  }

  /** Shares a taker wants on an ordinary step: the day's volume spread over a day of steps. */
  #typicalQuantity(): number {
    const steps = this.#sessionMs / this.#meanGapMs;
    return Math.max(3, Math.floor(((this.market.instrument.dailyVolume / steps) * (0.5 + this.#chance.next())) / 0.4));
  }
}
