import type pg from 'pg';
import { tickEras } from '#domain/market/ticks.ts';

/** What the venue lists, as far as a database wants to know it. */
export interface ListedSymbol {
  readonly symbol: string;
  readonly nameKo: string;
  readonly nameEn: string;
  readonly market: string;
  readonly kind: string;
  readonly basePrice: number;
  readonly upperLimit: number;
  readonly lowerLimit: number;
}

/** Instruments, ticks and one day that is open from midnight to midnight in Seoul, as the market service would write them. */
export async function listMarket(pool: pg.Pool, symbols: readonly ListedSymbol[], day: string): Promise<void> {
  await pool.query(
    `insert into public.instruments (stock_code, name_ko, name_en, market, kind, base_price, upper_limit, lower_limit, price_day, is_synthetic)
     select s.symbol, s."nameKo", s."nameEn", s.market, s.kind, s."basePrice", s."upperLimit", s."lowerLimit", $2::date, true
       from jsonb_to_recordset($1::jsonb) as s(symbol text, "nameKo" text, "nameEn" text, market text, kind text,
              "basePrice" numeric, "upperLimit" numeric, "lowerLimit" numeric) on conflict do nothing`,
    [JSON.stringify(symbols), day],
  );
  const bands = (['stock', 'etf'] as const).flatMap((kind) =>
    (['KOSPI', 'KOSDAQ'] as const).flatMap((market) =>
      tickEras(kind, market).flatMap((era) => era.bands.map(({ from, tick }) => ({ kind, market, since: era.since, from, tick }))),
    ),
  );
  await pool.query(
    `insert into public.tick_bands select b.kind, b.market, b.since, b."from", b.tick
       from jsonb_to_recordset($1::jsonb) as b(kind text, market text, since date, "from" numeric, tick numeric) on conflict do nothing`,
    [JSON.stringify(bands)],
  );
  await pool.query(
    `insert into public.market_calendar (market, day, session, order_from, open_at, close_at, source)
     values ('KRX', $1, 'regular', $1::date::timestamp at time zone 'Asia/Seoul', $1::date::timestamp at time zone 'Asia/Seoul',
             ($1::date + 1)::timestamp at time zone 'Asia/Seoul', 'test') on conflict do nothing`,
    [day],
  );
}
