import { addDays } from '#domain/market/day.ts';
import type { Exchange } from '../exchange.ts';
import { seoulDay, seoulInstant } from '../seoul-time.ts';
import { generateDailyBars, plannedDay } from './daily-bars.ts';
import { generateMinuteBars } from './intraday.ts';
import type { Bar, MarketState } from './market-state.ts';
import { SymbolTraders } from './traders.ts';

/** The clock jumped (machine asleep, accelerated test): traders do not relive the gap, they come back this long before now. */
const LONGEST_CATCH_UP_MS = 120_000;
/** Completed days of the live market that are remembered exactly; older ones are the generated ones. */
const RECORDED_DAYS = 60;

/** Days, phases and background traders in the order of time. `advance` is the only way time passes in the venue. */
export class MarketLoop {
  readonly #exchange: Exchange;
  readonly #seed: number;
  readonly #hasMorning: boolean;
  readonly #traders: readonly SymbolTraders[];
  /** Bars of completed live days by symbol, oldest first. */
  readonly recorded = new Map<string, Bar[]>();
  #nextChange = 0;

  constructor(exchange: Exchange, options: { seed: number; eventsPerSecond: number; hasMorning: boolean }) {
    this.#exchange = exchange;
    this.#seed = options.seed;
    this.#hasMorning = options.hasMorning;
    this.#traders =
      options.eventsPerSecond > 0
        ? [...exchange.markets.values()].map((market) => new SymbolTraders(exchange, market, options.seed, options.eventsPerSecond))
        : [];
  }

  /** Enters the present: what happened today before `now` is filled in from the plan of the day. */
  start(now: number): void {
    const { sessions, markets } = this.#exchange;
    const today = seoulDay(now);
    let day = today;
    while (!sessions.isTradingDay(day)) day = addDays(day, -1);
    this.#exchange.startDay(today);
    for (const market of markets.values()) {
      this.#exchange.startTradingDay(market, day, this.#basePrice(market, day));
      if (!this.#hasMorning) continue;
      const { bar } = plannedDay(this.#seed, market.instrument, day);
      const bounds = sessions.bounds(day);
      const minutes = generateMinuteBars(this.#seed, market.instrument, withinLimits(bar, market), bounds);
      const elapsed = (now - seoulInstant(day)) / 60_000;
      market.backfill(minutes.slice(0, Math.max(0, Math.floor(elapsed) - bounds.open)));
    }
    for (const trader of this.#traders) trader.startDay(day);
    this.#exchange.setPhase(sessions.phaseAt(now), now);
    this.#exchange.interruptions.plan(today, now);
    this.#wakeTraders(now);
    this.#nextChange = sessions.nextChange(now);
  }

  advance(now: number): void {
    while (this.#nextChange <= now) {
      const at = this.#nextChange;
      this.#runUntil(at - 1);
      this.#change(at);
      this.#nextChange = this.#exchange.sessions.nextChange(at);
    }
    this.#runUntil(now);
  }

  /** Daily bars in [from, to], oldest first: generated history, then recorded days, then today as far as it has gone. */
  dailyBars(symbol: string, range: { from: string; to: string }): readonly Bar[] {
    const market = this.#exchange.markets.get(symbol);
    if (!market) return [];
    const byDay = new Map<string, Bar>();
    for (const bar of generateDailyBars(this.#seed, market.instrument, { from: range.from, to: minDay(range.to, addDays(market.day, -1)) }))
      byDay.set(bar.day, bar);
    for (const bar of this.recorded.get(symbol) ?? []) if (bar.day >= range.from && bar.day <= range.to) byDay.set(bar.day, bar);
    const today = market.todayBar();
    if (today && today.day >= range.from && today.day <= range.to) byDay.set(today.day, today);
    return [...byDay.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  /** Minute bars of one day, oldest first; a past day's are cut from its daily bar. */
  minuteBars(symbol: string, day: string): readonly Bar[] {
    const market = this.#exchange.markets.get(symbol);
    if (!market) return [];
    if (day === market.day) return [...market.minutes.values()].sort((a, b) => (a.time! < b.time! ? -1 : 1));
    const [bar] = this.dailyBars(symbol, { from: day, to: day });
    return bar ? generateMinuteBars(this.#seed, market.instrument, bar, this.#exchange.sessions.bounds(day)) : [];
  }

  #change(at: number): void {
    const exchange = this.#exchange;
    const day = seoulDay(at);
    if (day !== exchange.day) {
      exchange.expireAll();
      this.#recordDay();
      exchange.startDay(day);
      if (exchange.sessions.isTradingDay(day)) {
        for (const market of exchange.markets.values()) exchange.startTradingDay(market, day, this.#basePrice(market, day));
        for (const trader of this.#traders) trader.startDay(day);
        exchange.interruptions.plan(day, at);
      }
    }
    const phase = exchange.sessions.phaseAt(at);
    exchange.setPhase(phase, at);
    if (phase === 'after') this.#recordDay();
    this.#wakeTraders(at);
  }

  /** Everybody quotes within the first second of a phase. */
  #wakeTraders(at: number): void {
    for (const [index, trader] of this.#traders.entries()) trader.nextAt = at + index * 20;
  }

  /** Traders' steps and the exchange's agenda, in the order of their instants. */
  #runUntil(until: number): void {
    const { agenda } = this.#exchange;
    for (const trader of this.#traders) trader.nextAt = Math.max(trader.nextAt, until - LONGEST_CATCH_UP_MS);
    for (;;) {
      const trader = this.#nextTrader(until);
      const due = agenda.next(trader ? Math.min(until, trader.nextAt) : until);
      if (due) due.act(due.at);
      else if (trader) trader.step();
      else return;
    }
  }

  #nextTrader(until: number): SymbolTraders | undefined {
    if (this.#exchange.phase === 'before' || this.#exchange.phase === 'after') return undefined;
    let next: SymbolTraders | undefined;
    for (const trader of this.#traders) if (trader.nextAt <= until && (!next || trader.nextAt < next.nextAt)) next = trader;
    return next;
  }

  #recordDay(): void {
    for (const market of this.#exchange.markets.values()) {
      const bar = market.todayBar();
      if (!bar) continue;
      const bars = this.recorded.get(market.instrument.symbol) ?? [];
      if (bars.at(-1)?.day === bar.day) bars.pop();
      this.recorded.set(market.instrument.symbol, [...bars, bar].slice(-RECORDED_DAYS));
    }
    this.#exchange.touch();
  }

  /** The last session's close: the live one when the venue saw it, otherwise the planned one. */
  #basePrice(market: MarketState, day: string): number {
    let previous = addDays(day, -1);
    while (!this.#exchange.sessions.isTradingDay(previous)) previous = addDays(previous, -1);
    const live = this.recorded.get(market.instrument.symbol)?.findLast((bar) => bar.day === previous);
    return live?.close ?? plannedDay(this.#seed, market.instrument, day).previousClose;
  }
}

const minDay = (a: string, b: string): string => (a < b ? a : b);

/** A plan made from another base price than the live one must still respect the day's limits. */
function withinLimits(bar: Bar, { lowerLimit, upperLimit }: MarketState): Bar {
  const within = (price: number): number => Math.min(upperLimit, Math.max(lowerLimit, price));
  return { ...bar, open: within(bar.open), high: within(bar.high), low: within(bar.low), close: within(bar.close) };
}
