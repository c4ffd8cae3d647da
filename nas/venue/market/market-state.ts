import type { Fill } from '../engine/symbol-engine.ts';
import { SymbolEngine } from '../engine/symbol-engine.ts';
import { seoulTime } from '../seoul-time.ts';
import type { Instrument } from './instruments.ts';
import type { ViEvent } from './volatility.ts';

/** A bar of one day or one minute. `day` is `YYYY-MM-DD`, `time` the minute's start `HHMM00`; null for a day. */
export interface Bar {
  readonly day: string;
  readonly time: string | null;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** Won traded. */
  value: number;
}

/** One public execution with the totals of the day right after it. */
export interface Print {
  readonly symbol: string;
  readonly time: string;
  readonly price: number;
  readonly quantity: number;
  readonly aggressor: 'buy' | 'sell' | null;
  readonly cumVolume: number;
  readonly cumValue: number;
}

interface DayStats {
  open: number;
  high: number;
  low: number;
  openTime: string;
  highTime: string;
  lowTime: string;
  volume: number;
  value: number;
  buyCount: number;
  sellCount: number;
  buyVolume: number;
  sellVolume: number;
}

const PRINTS_KEPT = 60;
const noTrade = (): DayStats => ({
  open: 0,
  high: 0,
  low: 0,
  openTime: '',
  highTime: '',
  lowTime: '',
  volume: 0,
  value: 0,
  buyCount: 0,
  sellCount: 0,
  buyVolume: 0,
  sellVolume: 0,
});

/** One symbol today: its engine, its base price and limits, what has traded. */
export class MarketState {
  readonly instrument: Instrument;
  readonly engine: SymbolEngine;
  day = '';
  basePrice: number;
  upperLimit = 0;
  lowerLimit = 0;
  previousVolume = 0;
  /** `vi`: call auction of a volatility interruption. `single_price`: call auctions all day (단일가매매). `halted`: nothing trades (거래정지). */
  state: 'normal' | 'vi' | 'single_price' | 'halted' = 'normal';
  /** The interruption under way. */
  vi: ViEvent | null = null;
  viCount = 0;
  /** The last single-auction price; before the first one the base price. */
  viReference: number;
  stats: DayStats = noTrade();
  readonly prints: Print[] = [];
  /** Minutes of today by their start, `HHMM00`. */
  minutes = new Map<string, Bar>();

  constructor(instrument: Instrument, basePrice: number) {
    this.instrument = instrument;
    this.basePrice = basePrice;
    this.viReference = basePrice;
    this.engine = new SymbolEngine(basePrice);
  }

  startDay(day: string, basePrice: number, limits: { upper: number; lower: number }): void {
    this.previousVolume = this.stats.volume;
    this.day = day;
    this.basePrice = basePrice;
    this.viReference = basePrice;
    this.state = 'normal';
    this.vi = null;
    this.viCount = 0;
    this.upperLimit = limits.upper;
    this.lowerLimit = limits.lower;
    this.engine.lastPrice = basePrice;
    this.stats = noTrade();
    this.minutes = new Map();
    this.prints.length = 0;
  }

  /** The part of today that happened before the venue was started, so that charts and totals are whole. */
  backfill(bars: readonly Bar[]): void {
    for (const bar of bars) {
      this.minutes.set(bar.time!, { ...bar });
      const { stats } = this;
      if (stats.volume === 0)
        Object.assign(stats, { open: bar.open, high: bar.high, low: bar.low, openTime: bar.time, highTime: bar.time, lowTime: bar.time });
      if (bar.high > stats.high) Object.assign(stats, { high: bar.high, highTime: bar.time });
      if (bar.low < stats.low) Object.assign(stats, { low: bar.low, lowTime: bar.time });
      stats.volume += bar.volume;
      stats.value += bar.value;
      this.engine.lastPrice = bar.close;
    }
    this.viReference = this.stats.open || this.basePrice;
    this.stats.buyVolume = Math.floor(this.stats.volume / 2);
    this.stats.sellVolume = this.stats.volume - this.stats.buyVolume;
    this.stats.buyCount = Math.ceil(this.stats.buyVolume / 50);
    this.stats.sellCount = Math.ceil(this.stats.sellVolume / 50);
  }

  record(fill: Fill, now: number): Print {
    const time = seoulTime(now);
    const { price, quantity } = fill;
    const { stats } = this;
    if (stats.volume === 0) Object.assign(stats, { open: price, high: price, low: price, openTime: time, highTime: time, lowTime: time });
    if (price > stats.high) Object.assign(stats, { high: price, highTime: time });
    if (price < stats.low) Object.assign(stats, { low: price, lowTime: time });
    stats.volume += quantity;
    stats.value += price * quantity;
    if (fill.aggressor === 'buy') {
      stats.buyCount++;
      stats.buyVolume += quantity;
    } else if (fill.aggressor === 'sell') {
      stats.sellCount++;
      stats.sellVolume += quantity;
    }
    this.#addToMinute(`${time.slice(0, 4)}00`, price, quantity);
    const print = {
      symbol: this.instrument.symbol,
      time,
      price,
      quantity,
      aggressor: fill.aggressor,
      cumVolume: stats.volume,
      cumValue: stats.value,
    };
    this.prints.unshift(print);
    if (this.prints.length > PRINTS_KEPT) this.prints.pop();
    return print;
  }

  get lastPrice(): number {
    return this.engine.lastPrice;
  }

  /** Today as a bar; null when nothing has traded. */
  todayBar(): Bar | null {
    const { open, high, low, volume, value } = this.stats;
    return volume === 0 ? null : { day: this.day, time: null, open, high, low, close: this.lastPrice, volume, value };
  }

  #addToMinute(time: string, price: number, quantity: number): void {
    const bar = this.minutes.get(time);
    if (!bar) {
      this.minutes.set(time, {
        day: this.day,
        time,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: quantity,
        value: price * quantity,
      });
      return;
    }
    bar.high = Math.max(bar.high, price);
    bar.low = Math.min(bar.low, price);
    bar.close = price;
    bar.volume += quantity;
    bar.value += price * quantity;
  }
}
