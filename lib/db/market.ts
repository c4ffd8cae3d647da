import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { instrumentKind, market } from '#domain/market/instrument.ts';
import { decimal, instant, whole } from './columns.ts';
import { must } from './fault.ts';

const bookLevel = z.object({ price: decimal, quantity: decimal });
const book = z.object({
  asks: z.array(bookLevel).default([]),
  bids: z.array(bookLevel).default([]),
  expectedPrice: decimal.optional(),
  expectedVolume: decimal.optional(),
});

/** The latest quote a feed brought. */
export const quoteRow = z
  .object({
    feed: z.string(),
    stock_code: z.string(),
    last_price: decimal,
    change: decimal,
    change_rate: decimal,
    open: decimal,
    high: decimal,
    low: decimal,
    volume: whole,
    value: decimal,
    best_ask: decimal.nullable(),
    best_bid: decimal.nullable(),
    book: book.nullable().catch(null).default(null),
    phase: z.string(),
    is_halted: z.boolean(),
    traded_at: instant.nullable(),
    heard_at: instant,
  })
  .transform((row) => ({
    feed: row.feed,
    symbol: row.stock_code,
    last: row.last_price,
    change: row.change,
    changeRate: row.change_rate,
    open: row.open,
    high: row.high,
    low: row.low,
    volume: row.volume,
    value: row.value,
    bestAsk: row.best_ask,
    bestBid: row.best_bid,
    book: row.book,
    phase: row.phase,
    isHalted: row.is_halted,
    tradedAt: row.traded_at,
    heardAt: row.heard_at,
  }));
export type QuoteView = z.infer<typeof quoteRow>;

export const instrumentRow = z
  .object({
    stock_code: z.string(),
    name_ko: z.string(),
    name_en: z.string(),
    market,
    kind: instrumentKind,
    base_price: decimal,
    upper_limit: decimal,
    lower_limit: decimal,
    price_day: z.string(),
    status_code: z.string(),
    is_halted: z.boolean(),
    is_synthetic: z.boolean(),
    sector: z.string(),
  })
  .transform((row) => ({
    symbol: row.stock_code,
    nameKo: row.name_ko,
    nameEn: row.name_en,
    market: row.market,
    kind: row.kind,
    basePrice: row.base_price,
    upperLimit: row.upper_limit,
    lowerLimit: row.lower_limit,
    priceDay: row.price_day,
    statusCode: row.status_code,
    isHalted: row.is_halted,
    isSynthetic: row.is_synthetic,
    sector: row.sector,
  }));
export type InstrumentView = z.infer<typeof instrumentRow>;

const INSTRUMENT_COLUMNS =
  'stock_code,name_ko,name_en,market,kind,base_price,upper_limit,lower_limit,price_day,status_code,is_halted,is_synthetic,sector';
const PAGE = 1_000;

/** Which chunk of bars: a year for days, yyyyddd of one session for minutes. */
const chunkRow = z.object({ year: z.number(), bytes: z.string(), hash: z.string() });
export type BarChunkRow = z.infer<typeof chunkRow>;

export const marketRepo = (db: SupabaseClient) => ({
  /** Every listed instrument, page by page: PostgREST gives at most a thousand rows an answer. */
  async instruments(): Promise<InstrumentView[]> {
    const all: InstrumentView[] = [];
    for (let from = 0; ; from += PAGE) {
      const rows = must(
        await db
          .from('instruments')
          .select(INSTRUMENT_COLUMNS)
          .eq('is_listed', true)
          .order('stock_code')
          .range(from, from + PAGE - 1),
        'market.instruments',
      );
      all.push(...z.array(instrumentRow).parse(rows));
      if (rows.length < PAGE) return all;
    }
  },
  async instrument(symbol: string): Promise<InstrumentView | null> {
    const { data, error } = await db.from('instruments').select(INSTRUMENT_COLUMNS).eq('stock_code', symbol).maybeSingle();
    if (error) must({ data, error }, 'market.instrument');
    return data ? instrumentRow.parse(data) : null;
  },
  async quotes(symbols: readonly string[]): Promise<QuoteView[]> {
    if (symbols.length === 0) return [];
    const rows = must(
      await db
        .from('quotes')
        .select('*')
        .in('stock_code', [...symbols]),
      'market.quotes',
    );
    return z.array(quoteRow).parse(rows);
  },
  /** The newest chunks of a symbol, oldest first. */
  async barChunks(symbol: string, timeframe: '1d' | '1m', count: number): Promise<BarChunkRow[]> {
    const rows = must(
      await db
        .from('bar_chunks')
        .select('year,bytes,hash')
        .eq('stock_code', symbol)
        .eq('timeframe', timeframe)
        .order('year', { ascending: false })
        .limit(count),
      'market.barChunks',
    );
    return z.array(chunkRow).parse(rows).reverse();
  },
  /** Replaces what this person's open screens ask for; lives 30 s. */
  async watch(symbols: readonly string[], withBook: readonly string[]): Promise<void> {
    const { error } = await db.rpc('watch_quotes', { p_codes: [...symbols], p_books: [...withBook] });
    if (error) must({ data: null, error }, 'watch_quotes');
  },
});
