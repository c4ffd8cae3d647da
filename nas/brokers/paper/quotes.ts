import type pg from 'pg';
import { z } from 'zod';
import { instrumentKind, market } from '#domain/market/instrument.ts';
import type { Symbol } from '#domain/order/order.ts';
import type { Log } from '#lib/log.ts';
import type { BookLevel } from '#nas/brokers/port.ts';
import type { Clock } from '#nas/runtime/clock.ts';

/** How often the fleet's quotes are read; the market service writes them every 250 ms. */
const READ_EVERY_MS = 500;

const number = z.coerce.number();
const level = z.object({ price: number, quantity: number });
const quoteRow = z.object({
  symbol: z.string().transform((text) => text as Symbol),
  name: z.string(),
  market,
  kind: instrumentKind,
  basePrice: number,
  upperLimit: number,
  lowerLimit: number,
  priceDay: z.string(),
  statusCode: z.string(),
  isListed: z.boolean(),
  isHalted: z.boolean(),
  last: number,
  change: number,
  open: number,
  high: number,
  low: number,
  volume: number,
  value: number,
  phase: z.string(),
  tradedAt: z.date().nullable(),
  heardAt: z.date(),
  book: z
    .object({ asks: z.array(level), bids: z.array(level), expectedPrice: number.default(0), expectedVolume: number.default(0) })
    .nullable(),
});
/** A symbol's instrument, last print and book as the market service last wrote them; won and shares. */
export type MarketQuote = Omit<z.infer<typeof quoteRow>, 'book'> & {
  readonly book: {
    readonly asks: readonly BookLevel[];
    readonly bids: readonly BookLevel[];
    readonly expectedPrice: number;
    readonly expectedVolume: number;
  } | null;
};

/** Whatever carries prints and books into this process. */
export interface QuoteSource {
  read(symbols: readonly Symbol[]): Promise<readonly MarketQuote[]>;
  /** Calls back with every changed quote of the wanted symbols, and once with each when it is first wanted. */
  watch(wanted: () => Iterable<Symbol>, onQuote: (quote: MarketQuote) => void): () => void;
  /** When quotes were last read without a fault, milliseconds since the epoch; 0 before the first time. */
  readAt(): number;
}

/** The fleet's `quotes` table, read by one loop for all paper accounts of the process. */
export function fleetQuotes({ pool, clock, log }: { pool: pg.Pool; clock: Clock; log: Log }): QuoteSource {
  const watchers = new Map<object, { wanted: () => Iterable<Symbol>; onQuote: (quote: MarketQuote) => void; seen: Map<Symbol, string> }>();
  let readAt = 0;
  let isRunning = false;

  async function read(symbols: readonly Symbol[]): Promise<readonly MarketQuote[]> {
    const { rows } = await pool.query(QUOTES_SQL, [symbols]);
    readAt = clock.wall();
    return rows.flatMap((row) => {
      const quote = quoteRow.safeParse(row);
      // One symbol's unreadable row must not stop the prices of all others.
      if (!quote.success) log.error({ err: quote.error, symbol: row.symbol }, 'quote row unreadable');
      return quote.success ? [quote.data] : [];
    });
  }
  async function turn(): Promise<void> {
    const wanted = new Set([...watchers.values()].flatMap((watcher) => [...watcher.wanted()]));
    const quotes = wanted.size === 0 ? [] : await read([...wanted]);
    if (wanted.size === 0) readAt = clock.wall();
    for (const watcher of [...watchers.values()]) {
      const own = new Set(watcher.wanted());
      for (const symbol of watcher.seen.keys()) if (!own.has(symbol)) watcher.seen.delete(symbol);
      for (const quote of quotes) {
        if (!own.has(quote.symbol) || watcher.seen.get(quote.symbol) === faceOf(quote)) continue;
        watcher.seen.set(quote.symbol, faceOf(quote));
        watcher.onQuote(quote);
      }
    }
  }
  function loop(): void {
    isRunning = watchers.size > 0;
    if (!isRunning) return;
    clock.after(READ_EVERY_MS, () => {
      turn()
        .catch((error) => log.warn({ err: error }, 'quotes could not be read'))
        .finally(loop);
    });
  }
  return {
    read,
    readAt: () => readAt,
    watch(wanted, onQuote) {
      const key = {};
      watchers.set(key, { wanted, onQuote, seen: new Map() });
      if (!isRunning) loop();
      return () => void watchers.delete(key);
    },
  };
}

/** What makes a quote another one to somebody who trades on it. */
function faceOf(quote: MarketQuote): string {
  return `${quote.volume}|${quote.last}|${quote.phase}|${quote.isHalted}|${bookKeyOf(quote)}`;
}

/** Names one picture of the book: the same levels are the same picture. */
export function bookKeyOf({ book }: Pick<MarketQuote, 'book'>): string {
  if (!book) return '';
  const side = (levels: readonly BookLevel[]) => levels.map((one) => `${one.price}x${one.quantity}`).join(',');
  return `${side(book.asks)}/${side(book.bids)}`;
}

const QUOTES_SQL = `
select q.stock_code as symbol, i.name_ko as name, i.market, i.kind, i.base_price as "basePrice", i.upper_limit as "upperLimit",
       i.lower_limit as "lowerLimit", to_char(i.price_day, 'YYYY-MM-DD') as "priceDay", i.status_code as "statusCode",
       i.is_listed as "isListed", i.is_halted or q.is_halted as "isHalted", q.last_price as last, q.change, q.open, q.high, q.low,
       q.volume, q.value, q.phase, q.traded_at as "tradedAt", q.heard_at as "heardAt", q.book
  from public.quotes q join public.instruments i on i.stock_code = q.stock_code
 where q.feed = 'shared' and q.stock_code = any($1)`;
