import { secondOfDay } from '#domain/market/day.ts';
import type { TradePrint } from '#nas/brokers/port.ts';

/** One minute of one symbol, `[minute, minute + 1)`. */
export interface MinuteBar {
  /** Minutes since 1970-01-01T00:00Z. */
  readonly minute: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Shares. */
  volume: number;
  /** Won. */
  value: number;
}

const SEOUL_OFFSET_MINUTES = 9 * 60;
const MINUTES_A_DAY = 1440;

/** The minute of a Seoul day and clock (HHMMSS), in minutes since 1970 in UTC. Korea has had no summer time since 1988. */
export function minuteOf(day: string, clock: string): number {
  const epochDay = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000;
  return epochDay * MINUTES_A_DAY + Math.floor(secondOfDay(clock) / 60) - SEOUL_OFFSET_MINUTES;
}

/** The Seoul day of such a minute, as `YYYY-MM-DD`. */
export function dayOfMinute(minute: number): string {
  return new Date((minute + SEOUL_OFFSET_MINUTES) * 60_000).toISOString().slice(0, 10);
}

interface SymbolState {
  /** The exchange's cumulative figures of the last print we heard; null until we hear one. */
  cum: { volume: number; value: number } | null;
  bars: MinuteBar[];
  readonly day: string;
}

/**
 * Builds one-minute bars of today from trade prints. Volume and value are differences of the exchange's cumulative figures, so a
 * doubled print adds nothing and a lost one is caught up by the next. A print older than the newest bar only widens that older bar.
 */
export class MinuteBars {
  readonly #symbols = new Map<string, SymbolState>();
  readonly #dirty = new Set<string>();

  #today(symbol: string, day: string): SymbolState {
    const known = this.#symbols.get(symbol);
    if (known?.day === day) return known;
    const state: SymbolState = { cum: null, bars: [], day };
    this.#symbols.set(symbol, state);
    return state;
  }

  /** Returns false when the print was a repetition and changed nothing. */
  add(print: TradePrint): boolean {
    const state = this.#today(print.symbol, print.day);
    // Joining in the middle of a session: what was traded before we listened belongs to no minute of ours.
    state.cum ??= { volume: print.cumVolume - print.quantity, value: print.cumValue - print.price * print.quantity };
    const volume = print.cumVolume - state.cum.volume;
    if (volume <= 0) return false;
    const value = Math.max(0, print.cumValue - state.cum.value);
    state.cum = { volume: print.cumVolume, value: print.cumValue };

    const minute = minuteOf(print.day, print.time);
    const last = state.bars.at(-1);
    const bar = last && last.minute >= minute ? (state.bars.findLast((b) => b.minute <= minute) ?? last) : undefined;
    if (bar) {
      bar.high = Math.max(bar.high, print.price);
      bar.low = Math.min(bar.low, print.price);
      if (bar === last) bar.close = print.price;
      bar.volume += volume;
      bar.value += value;
    } else {
      state.bars.push({ minute, open: print.price, high: print.price, low: print.price, close: print.price, volume, value });
    }
    this.#dirty.add(print.symbol);
    return true;
  }

  /** Puts back bars of today that an earlier process published, so that a restart keeps the morning. Call it before the first print. */
  restore(symbol: string, day: string, bars: readonly MinuteBar[]): void {
    this.#today(symbol, day).bars = bars.map((bar) => ({ ...bar }));
  }

  /** We did not listen for a while: what was traded meanwhile belongs to the minutes of the gap, not to that of the next print. */
  rejoin(symbol: string): void {
    const state = this.#symbols.get(symbol);
    if (state) state.cum = null;
  }

  /** Takes the broker's own minutes up to `until` for those we did not hear whole; ours stay where the broker has none. */
  backfill(symbol: string, day: string, until: number, bars: readonly MinuteBar[]): void {
    const theirs = bars.filter((bar) => bar.minute <= until && bar.volume > 0);
    if (theirs.length === 0) return;
    const state = this.#today(symbol, day);
    const known = new Set(theirs.map((bar) => bar.minute));
    const ours = state.bars.filter((bar) => !known.has(bar.minute));
    state.bars = [...ours, ...theirs.map((bar) => ({ ...bar }))].sort((a, b) => a.minute - b.minute);
    this.#dirty.add(symbol);
  }

  bars(symbol: string): readonly MinuteBar[] {
    return this.#symbols.get(symbol)?.bars ?? [];
  }

  /** Symbols with new prints since the last call. */
  takeDirty(): string[] {
    const symbols = [...this.#dirty];
    this.#dirty.clear();
    return symbols;
  }
}
