import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { type BarColumns, decodeBarChunk, encodeBarChunk } from '#domain/market/bar-chunk.ts';
import type { OrderBookSnapshot, QuoteSnapshot } from '#nas/brokers/port.ts';
import { mergeColumns } from './chunks.ts';
import type { SymbolNeed } from './slots.ts';

/** A row of `quotes` about to be written; won and shares. */
export interface QuoteRow {
  readonly stockCode: string;
  readonly last: number;
  readonly change: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly value: number;
  readonly bestAsk: number | null;
  readonly bestBid: number | null;
  readonly book: Pick<OrderBookSnapshot, 'asks' | 'bids' | 'expectedPrice' | 'expectedVolume'> | null;
  readonly phase: string;
  readonly isHalted: boolean;
  /** When the trade happened, ISO; null before the first trade of the day. */
  readonly tradedAt: string | null;
  /** When the socket (or REST answer) that carries the symbol last spoke, ISO. */
  readonly heardAt: string;
}

export interface FeedAccount {
  readonly accountId: string;
  readonly userId: string;
  readonly isPaper: boolean;
  readonly keyId: string;
  readonly sealed: unknown;
  readonly brokerType: string;
}

/** All SQL of the market service. Role narae_market. */
export function marketStore(pool: Pool) {
  return {
    /** The shared feed's account: proved, active, and allowed by an administrator to serve everybody. */
    async feedAccount(): Promise<FeedAccount | null> {
      const { rows } = await pool.query<FeedAccount>(
        `select a.id as "accountId", a.user_id as "userId", a.is_paper_account as "isPaper", a.key_id as "keyId",
                a.encrypted_credentials as sealed, a.broker_type as "brokerType"
           from public.market_feeds f join public.broker_accounts a on a.id = f.broker_account_id
          where f.scope = 'shared' and a.is_active and a.encrypted_credentials is not null and a.environment_verified_at is not null
          order by a.created_at limit 1`,
      );
      return rows[0] ?? null;
    },

    /** Who needs which symbol now. Interest older than its 30 s no longer counts. */
    async needs(): Promise<SymbolNeed[]> {
      const { rows } = await pool.query<SymbolNeed>(
        `select stock_code as symbol, 'held' as need, false as "wantsBook" from public.real_positions where quantity > 0
         union all
         select o.stock_code, 'working', bool_or(a.broker_type = 'paper') -- the paper broker trades against the book
           from public.real_orders o join public.broker_accounts a on a.id = o.broker_account_id
          where o.order_status in ('pending', 'submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending')
          group by o.stock_code
         union all
         select stock_code, 'viewed', bool_or(wants_book) from public.quote_interest where expires_at > now() group by stock_code
         union all
         select stock_code, 'universe', false from public.instruments where is_listed`,
      );
      return rows;
    },

    /** Codes of everything listed. */
    async instruments(): Promise<string[]> {
      const { rows } = await pool.query<{ symbol: string }>(
        'select stock_code as symbol from public.instruments where is_listed order by stock_code',
      );
      return rows.map((row) => row.symbol);
    },

    /** Takes the day's base price, limits and status from the broker. */
    async writeInstrument(quote: QuoteSnapshot, day: string): Promise<void> {
      await pool.query(
        `update public.instruments set base_price = $2, upper_limit = $3, lower_limit = $4, price_day = $5, status_code = $6, is_halted = $7,
                updated_at = now() where stock_code = $1`,
        [quote.symbol, quote.basePrice, quote.upperLimit, quote.lowerLimit, day, quote.statusCode, quote.isHalted],
      );
    },

    async writeAverageVolumes(rows: readonly { readonly symbol: string; readonly shares: number }[]): Promise<void> {
      await pool.query(
        `update public.instruments i set average_volume = r.shares from jsonb_to_recordset($1::jsonb) as r (symbol text, shares bigint)
          where i.stock_code = r.symbol and i.average_volume is distinct from r.shares`,
        [JSON.stringify(rows)],
      );
    },

    /** One statement for all changed quotes; unknown symbols are left out rather than failing the batch. */
    async writeQuotes(rows: readonly QuoteRow[]): Promise<void> {
      if (rows.length === 0) return;
      await pool.query(
        `insert into public.quotes as q (feed, stock_code, last_price, change, change_rate, open, high, low, volume, value, best_ask, best_bid, book,
                                         phase, is_halted, traded_at, heard_at)
         select 'shared', r."stockCode", r.last, r.change, case when r.last - r.change > 0 then r.change / (r.last - r.change) else 0 end,
                r.open, r.high, r.low, r.volume, r.value, r."bestAsk", r."bestBid", r.book, r.phase, r."isHalted", r."tradedAt", r."heardAt"
           from jsonb_to_recordset($1::jsonb) as r("stockCode" text, last numeric, change numeric, open numeric, high numeric, low numeric,
                volume bigint, value numeric, "bestAsk" numeric, "bestBid" numeric, book jsonb, phase text, "isHalted" boolean,
                "tradedAt" timestamptz, "heardAt" timestamptz)
           join public.instruments i on i.stock_code = r."stockCode"
         on conflict (feed, stock_code) do update set last_price = excluded.last_price, change = excluded.change,
           change_rate = excluded.change_rate, open = excluded.open, high = excluded.high, low = excluded.low, volume = excluded.volume,
           value = excluded.value, best_ask = coalesce(excluded.best_ask, q.best_ask), best_bid = coalesce(excluded.best_bid, q.best_bid),
           book = coalesce(excluded.book, q.book), phase = excluded.phase, is_halted = excluded.is_halted,
           traded_at = coalesce(excluded.traded_at, q.traded_at), heard_at = excluded.heard_at`,
        [JSON.stringify(rows)],
      );
    },

    /** Marks every registered symbol as heard: the socket that carries it spoke, even when the symbol did not trade. */
    async touchQuotes(symbols: readonly string[], heardAt: Date): Promise<void> {
      await pool.query(`update public.quotes set heard_at = $2 where feed = 'shared' and stock_code = any($1)`, [symbols, heardAt]);
    },

    /** One message a person with every changed symbol they look at. */
    async publishQuotes(): Promise<void> {
      await pool.query('select public.publish_quotes()');
    },

    async writeChunk(symbol: string, timeframe: '1d' | '1m', period: number, bars: BarColumns): Promise<void> {
      const bytes = encodeBarChunk(bars);
      const hash = createHash('sha256').update(bytes).digest('hex');
      await pool.query(
        `insert into public.bar_chunks as c (stock_code, timeframe, year, bars, bytes, hash) values ($1, $2, $3, $4, $5, $6)
         on conflict (stock_code, timeframe, year) do update set bars = excluded.bars, bytes = excluded.bytes, hash = excluded.hash, updated_at = now()
          where c.hash <> excluded.hash`,
        [symbol, timeframe, period, bars.time.length, Buffer.from(bytes), hash],
      );
    },

    async readChunk(symbol: string, timeframe: '1d' | '1m', period: number): Promise<BarColumns | null> {
      const { rows } = await pool.query<{ bytes: Buffer }>(
        'select bytes from public.bar_chunks where stock_code = $1 and timeframe = $2 and year = $3',
        [symbol, timeframe, period],
      );
      return rows[0] ? decodeBarChunk(rows[0].bytes) : null;
    },

    /** Minutes are kept for the last `sessions` days that have any. */
    async dropOldMinutes(sessions: number): Promise<void> {
      await pool.query(
        `delete from public.bar_chunks where timeframe = '1m' and year not in
           (select distinct year from public.bar_chunks where timeframe = '1m' order by year desc limit $1)`,
        [sessions],
      );
    },

    /** The last confirmed trading day before `day`; null when the calendar knows none. */
    async sessionBefore(day: string): Promise<string | null> {
      const { rows } = await pool.query<{ day: string | null }>(
        `select to_char(max(day), 'YYYY-MM-DD') as day from public.market_calendar
          where market = 'KRX' and is_open and session = 'regular' and day < $1`,
        [day],
      );
      return rows[0]?.day ?? null;
    },

    /** When the main board ends on a day, its closing auction included; null on days without a session. */
    async closeOf(day: string): Promise<Date | null> {
      const { rows } = await pool.query<{ closeAt: Date | null }>(
        `select max(close_at) as "closeAt" from public.market_calendar
          where market = 'KRX' and is_open and session in ('regular', 'close_auction') and day = $1`,
        [day],
      );
      return rows[0]?.closeAt ?? null;
    },

    /** Puts days into the chunk of their year; days already there are replaced, others stay. */
    async mergeDays(symbol: string, year: number, days: BarColumns): Promise<void> {
      const stored = await this.readChunk(symbol, '1d', year);
      await this.writeChunk(symbol, '1d', year, stored ? mergeColumns(stored, days) : days);
    },
  };
}
export type MarketStore = ReturnType<typeof marketStore>;
