import type { OrderBookSnapshot, QuoteSnapshot, TradePrint } from '#nas/brokers/port.ts';
import { minuteOf } from './minute-bars.ts';
import type { QuoteRow } from './store.ts';

/** `YYYY-MM-DD` + HHMMSS in Seoul as an ISO instant. */
function seoulInstant(day: string, clock: string): string {
  return new Date(minuteOf(day, clock) * 60_000 + Number(clock.slice(4, 6)) * 1_000).toISOString();
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The latest quote of each symbol in memory, and which of them changed since they were last written. */
export class QuoteBoard {
  readonly #rows = new Map<string, Mutable<QuoteRow>>();
  /** The Seoul day each symbol's figures belong to. */
  readonly #days = new Map<string, string>();
  readonly #dirty = new Set<string>();

  #row(symbol: string, now: Date): Mutable<QuoteRow> {
    let row = this.#rows.get(symbol);
    if (!row) {
      row = {
        stockCode: symbol,
        last: 0,
        change: 0,
        open: 0,
        high: 0,
        low: 0,
        volume: 0,
        value: 0,
        bestAsk: null,
        bestBid: null,
        book: null,
        phase: 'continuous',
        isHalted: false,
        tradedAt: null,
        heardAt: now.toISOString(),
      };
      this.#rows.set(symbol, row);
    }
    row.heardAt = now.toISOString();
    this.#dirty.add(symbol);
    return row;
  }

  trade(print: TradePrint, now: Date): void {
    const row = this.#row(print.symbol, now);
    // A reordered print must not turn the day's figures back.
    if (print.cumVolume < row.volume && this.#days.get(print.symbol) === print.day) return;
    this.#days.set(print.symbol, print.day);
    Object.assign(row, {
      last: print.price,
      change: print.change,
      open: print.open,
      high: print.high,
      low: print.low,
      volume: print.cumVolume,
      value: print.cumValue,
      phase: print.phase,
      isHalted: print.isHalted,
      tradedAt: seoulInstant(print.day, print.time),
    });
  }

  book(book: OrderBookSnapshot, now: Date): void {
    const { asks, bids, expectedPrice, expectedVolume } = book;
    const row = this.#row(book.symbol, now);
    row.book = { asks, bids, expectedPrice, expectedVolume };
    row.bestAsk = asks.find((level) => level.price > 0)?.price ?? null;
    row.bestBid = bids.find((level) => level.price > 0)?.price ?? null;
  }

  /** A REST answer of a day: carries no time of trade, and may have been overtaken by prints. */
  snapshot(quote: QuoteSnapshot, day: string, now: Date): void {
    const row = this.#row(quote.symbol, now);
    if (quote.volume < row.volume && this.#days.get(quote.symbol) === day) return;
    this.#days.set(quote.symbol, day);
    Object.assign(row, {
      last: quote.last,
      change: quote.last - quote.basePrice,
      open: quote.open,
      high: quote.high,
      low: quote.low,
      volume: quote.volume,
      value: quote.value,
      isHalted: quote.isHalted,
    });
  }

  /** Rows changed since the last call that have a price; the others wait for their first one. */
  takeDirty(): QuoteRow[] {
    const rows = [...this.#dirty].map((symbol) => this.#rows.get(symbol) as QuoteRow).filter((row) => row.last > 0);
    this.#dirty.clear();
    return rows.map((row) => ({ ...row }));
  }
}
