import type { MatchingPhase } from './engine/symbol-engine.ts';
import type { Exchange } from './exchange.ts';
import type { MarketState } from './market/market-state.ts';
import { interruptionAt, interruptionMs, type ViEvent } from './market/volatility.ts';
import { seoulInstant } from './seoul-time.ts';
import { MATCHING } from './sessions.ts';

/** What one instrument does at a given time of a day. Minutes after midnight in Seoul, [from, to). */
export interface ScheduledState {
  readonly symbol: string;
  readonly state: 'halted' | 'single_price';
  /** `YYYY-MM-DD`; every day without it. */
  readonly day?: string;
  readonly from: number;
  readonly to: number;
}

export interface InterruptionOptions {
  /** Volatility interruptions (VI), static and dynamic. */
  readonly volatility: boolean;
  readonly seed: number;
  readonly schedule: readonly ScheduledState[];
}

/** Last interruptions that KIS tells (inquire-vi-status). */
const EVENTS_KEPT = 30;
/** 단일가매매 of overheated and administrative issues: an auction every thirty minutes (KRX, since 2012; reference: KRX 시장감시). */
const SINGLE_PRICE_MS = 30 * 60_000;

/** Volatility interruptions, halts and single-price trading: what makes one market match otherwise than its phase says. */
export class Interruptions {
  readonly #exchange: Exchange;
  readonly #options: InterruptionOptions;
  /** Newest first. */
  readonly events: ViEvent[] = [];

  constructor(exchange: Exchange, options: InterruptionOptions) {
    this.#exchange = exchange;
    this.#options = options;
    if (!options.volatility) return;
    for (const market of exchange.markets.values())
      market.engine.mayTrade = (price, lastTrade) => interruptionAt(market, price, lastTrade) === null;
  }

  /** How a market matches now. */
  matching(market: MarketState): MatchingPhase {
    if (market.state === 'halted') return 'closed';
    const byPhase = MATCHING[this.#exchange.phase];
    return byPhase === 'continuous' && market.state !== 'normal' ? 'auction' : byPhase;
  }

  /** An order would have traded too far away: the market collects orders for two minutes and a little, and matches once. */
  begin(market: MarketState, { price, lastTrade }: { price: number; lastTrade: number }, now: number): void {
    const { agenda } = this.#exchange;
    const cause = interruptionAt(market, price, lastTrade);
    if (!cause) return;
    const count = ++market.viCount;
    const endsAt = now + interruptionMs(this.#options.seed, market, count);
    const event = { symbol: market.instrument.symbol, ...cause, startedAt: now, endsAt, price, count };
    this.events.unshift(event);
    this.events.length = Math.min(this.events.length, EVENTS_KEPT);
    market.vi = event;
    this.#enter(market, 'vi', now);
    agenda.at(endsAt, (at) => {
      if (market.vi === event) this.#enter(market, 'normal', at);
    });
  }

  /** A phase begins: an interruption ends in its auction, and single-price trading asks for its next one. */
  onPhase(market: MarketState): void {
    if (this.#exchange.phase === 'continuous') return;
    if (market.state === 'vi') market.state = 'normal';
    market.vi = null;
  }

  /** By hand or by schedule. A halted market keeps its orders and takes none. */
  set(market: MarketState, state: 'normal' | 'halted' | 'single_price', now: number): void {
    market.vi = null;
    this.#enter(market, state, now);
    if (state === 'single_price') this.#nextSinglePrice(market, now);
  }

  /** The states that a schedule gives a day. */
  plan(day: string, now: number): void {
    const { agenda, markets } = this.#exchange;
    for (const entry of this.#options.schedule) {
      const market = markets.get(entry.symbol);
      const [from, to] = [seoulInstant(day, entry.from), seoulInstant(day, entry.to)];
      if (!market || (entry.day ?? day) !== day || to <= now) continue;
      agenda.at(Math.max(from, now), (at) => this.set(market, entry.state, at));
      agenda.at(to, (at) => this.set(market, 'normal', at));
    }
  }

  #enter(market: MarketState, state: MarketState['state'], now: number): void {
    market.state = state;
    if (state !== 'vi') market.vi = null;
    this.#exchange.rematch(market, now);
    this.#exchange.tellState(market);
  }

  /** Auctions stand every thirty minutes from the regular open on. */
  #nextSinglePrice(market: MarketState, now: number): void {
    const { sessions, agenda, day } = this.#exchange;
    const open = seoulInstant(day, sessions.bounds(day).open);
    const next = open + (Math.floor((now - open) / SINGLE_PRICE_MS) + 1) * SINGLE_PRICE_MS;
    agenda.at(next, (at) => {
      if (market.state !== 'single_price' || this.#exchange.day !== day) return;
      if (this.#exchange.phase === 'continuous') this.#exchange.matchAuction(market, at);
      this.#nextSinglePrice(market, at);
    });
  }
}
