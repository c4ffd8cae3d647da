import type { QuoteView } from '#lib/db/market.ts';

/** Beyond this age of the newest word from a feed, its quotes are shown as stale. The store is re-read every 20 s. */
export const STALE_AFTER_MS = 45_000;

type Listener = () => void;

/** Quotes of this tab by symbol. A part of the screen hears only of its own symbol; an older message never replaces a newer one. */
export class QuoteStore {
  readonly #quotes = new Map<string, QuoteView>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #interest = new Map<string, { views: number; books: number }>();
  readonly #feeds = new Map<string, number>();
  #onInterest: Listener = () => {};

  get = (symbol: string): QuoteView | undefined => this.#quotes.get(symbol);

  subscribe(symbol: string, listener: Listener): () => void {
    const set = this.#listeners.get(symbol) ?? new Set();
    this.#listeners.set(symbol, set.add(listener));
    return () => set.delete(listener);
  }

  apply(quotes: readonly QuoteView[]): void {
    for (const quote of quotes) {
      this.#feeds.set(quote.feed, Math.max(this.#feeds.get(quote.feed) ?? 0, Date.parse(quote.heardAt)));
      const known = this.#quotes.get(quote.symbol);
      if (known && known.heardAt > quote.heardAt) continue;
      // A message without levels keeps the levels already here: books come only to those who asked for them.
      this.#quotes.set(quote.symbol, quote.book === null && known?.book ? { ...quote, book: known.book } : quote);
      for (const listener of this.#listeners.get(quote.symbol) ?? []) listener();
    }
  }

  /** Milliseconds since the feed of a symbol was last heard; null when it has no quote. */
  feedAgeMs(symbol: string, now: number): number | null {
    const quote = this.#quotes.get(symbol);
    return quote ? now - (this.#feeds.get(quote.feed) ?? 0) : null;
  }

  /** Says that a visible part of the screen shows a symbol; the returned function takes it back. */
  want(symbol: string, withBook: boolean): () => void {
    const entry = this.#interest.get(symbol) ?? { views: 0, books: 0 };
    this.#interest.set(symbol, entry);
    entry.views += 1;
    if (withBook) entry.books += 1;
    this.#onInterest();
    return () => {
      entry.views -= 1;
      if (withBook) entry.books -= 1;
      if (entry.views === 0) this.#interest.delete(symbol);
      this.#onInterest();
    };
  }

  wanted(): { symbols: string[]; books: string[] } {
    const entries = [...this.#interest];
    return { symbols: entries.map(([symbol]) => symbol), books: entries.filter(([, entry]) => entry.books > 0).map(([symbol]) => symbol) };
  }

  onInterestChange(listener: Listener): void {
    this.#onInterest = listener;
  }
}
