import { addDays } from '#domain/market/day.ts';
import { hashSeed, type Random, random } from '../random.ts';
import { isKrxDay } from '../sessions.ts';
import type { Instrument } from './instruments.ts';
import { krxRules } from './krx-rules.ts';
import type { Bar } from './market-state.ts';

/** Every price walk begins here, so that any later range of days is a cut of the same history. */
export const HISTORY_START = '2015-01-02';

/** A fund follows the market closely; a company mostly itself. */
const MARKET_SHARE = { stock: 0.45, etf: 0.95 } as const;

/** The deterministic walk of one symbol, grown day by day as later days are asked for. */
class Walk {
  readonly bars: Bar[] = [];
  readonly #seed: number;
  readonly #instrument: Instrument;
  readonly #chance: Random;
  #next = HISTORY_START;
  #close: number;
  /** The level the price is slowly drawn to; grows by about 5 % a year. */
  #anchor: number;
  #drift = 0;
  #driftDays = 0;

  constructor(seed: number, instrument: Instrument) {
    this.#seed = seed;
    this.#instrument = instrument;
    this.#chance = random(hashSeed(seed, instrument.symbol, 'walk'));
    this.#close = instrument.startPrice;
    this.#anchor = instrument.startPrice;
  }

  growTo(day: string): void {
    for (; this.#next <= day; this.#next = addDays(this.#next, 1)) if (isKrxDay(this.#next)) this.bars.push(this.#step(this.#next));
  }

  #step(day: string): Bar {
    const instrument = this.#instrument;
    const chance = this.#chance;
    // Trends last 20 to 110 days; without them no trend-following rule would ever have anything to find.
    if (this.#driftDays-- <= 0) {
      this.#driftDays = chance.int(20, 110);
      this.#drift = chance.normal() * instrument.volatility * 0.11;
    }
    this.#anchor *= 1.0002;
    const whole = random(hashSeed(this.#seed, day, 'market')).normal() * 0.011;
    const share = MARKET_SHARE[instrument.kind];
    const pull = 0.003 * (this.#anchor / this.#close - 1);
    const own = chance.normal() * instrument.volatility;
    const change = clamp(share * whole + (1 - share * 0.4) * own + this.#drift + pull, -0.28, 0.28);
    const { upper, lower } = krxRules.limits(instrument, day, this.#close);
    const onTick = (price: number): number => clamp(krxRules.floorToTick(instrument, day, price), lower, upper);
    const open = onTick(this.#close * (1 + clamp(0.35 * change + chance.normal() * instrument.volatility * 0.25, -0.25, 0.25)));
    const close = onTick(this.#close * (1 + change));
    const reach = (): number => Math.abs(chance.normal()) * instrument.volatility * 0.45;
    const high = onTick(Math.max(open, close) * (1 + reach()));
    const low = onTick(Math.min(open, close) * (1 - reach()));
    const busy = 0.55 + Math.abs(chance.normal()) * 0.35 + (Math.abs(change) / instrument.volatility) * 0.3;
    const volume = Math.max(100, Math.floor(instrument.dailyVolume * busy));
    this.#close = close;
    const value = Math.floor((volume * (open + high + low + close)) / 4);
    return { day, time: null, open, high: Math.max(high, open, close), low: Math.min(low, open, close), close, volume, value };
  }
}

const walks = new Map<string, Walk>();

/**
 * Daily bars of a synthetic instrument on KRX trading days in [from, to], oldest first. The same seed gives the same bars on
 * every machine, and a longer range never changes a shorter one. Prices are raw; nothing splits or pays a dividend.
 */
export function generateDailyBars(seed: number, instrument: Instrument, range: { from: string; to: string }): readonly Bar[] {
  const key = `${seed}|${instrument.symbol}`;
  const walk = walks.get(key) ?? new Walk(seed, instrument);
  walks.set(key, walk);
  walk.growTo(range.to);
  const { bars } = walk;
  return bars.slice(firstFrom(bars, range.from), firstFrom(bars, addDays(range.to, 1)));
}

/**
 * The plan of one day for the live market: the generated bar, or for a day KRX is closed (hours `demo` and `always`) a quiet
 * one that starts and ends at the last close, so that the walk goes on undisturbed on the next weekday.
 */
export function plannedDay(seed: number, instrument: Instrument, day: string): { bar: Bar; previousClose: number } {
  const bars = generateDailyBars(seed, instrument, { from: addDays(day, -15), to: day });
  const isPlanned = bars.at(-1)?.day === day;
  const previousClose = bars.at(isPlanned ? -2 : -1)?.close ?? instrument.startPrice;
  if (isPlanned) return { bar: bars.at(-1)!, previousClose };
  const chance = random(hashSeed(seed, instrument.symbol, day, 'quiet'));
  const reach = instrument.volatility * (0.3 + chance.next() * 0.4) * previousClose;
  const high = krxRules.floorToTick(instrument, day, previousClose + reach);
  const low = krxRules.ceilToTick(instrument, day, previousClose - reach);
  const volume = Math.floor(instrument.dailyVolume * (0.3 + chance.next() * 0.3));
  return {
    previousClose,
    bar: { day, time: null, open: previousClose, high, low, close: previousClose, volume, value: volume * previousClose },
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function firstFrom(bars: readonly Bar[], day: string): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bars[middle]!.day < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
