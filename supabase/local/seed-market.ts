import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { addDays } from '#domain/market/day.ts';
import { priceLimits } from '#domain/market/price-limit.ts';
import type { TradingDay } from '#domain/order/order.ts';
import { publishKrxCalendar, publishOpenHours, publishTickBands } from '#lib/db/fleet/rule-book.ts';
import { readVenueEnv } from '#lib/env/venue.ts';
import { importData } from '#nas/backtest/import-data.ts';
import { readManifest } from '#nas/backtest/manifest.ts';
import { dailyColumnsByYear } from '#nas/market/chunks.ts';
import { marketStore } from '#nas/market/store.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { generateDailyBars, HISTORY_START } from '#nas/venue/market/daily-bars.ts';
import { type Instrument, SYNTHETIC_INSTRUMENTS } from '#nas/venue/market/instruments.ts';
import type { SeedContext } from './seed.ts';

/** Days of the synthetic market's calendar written at each start. */
const CALENDAR_DAYS = 400;

/** The rule book, the synthetic instruments with their last ten years, and the data set `demo` for back-tests. */
export async function seedMarket(pool: pg.Pool, { marketHours, marketDataDir, log }: SeedContext): Promise<void> {
  const today = seoul(Date.now()).day;
  await publishTickBands(pool);
  if (marketHours === 'krx') await publishKrxCalendar(pool);
  else await publishOpenHours(pool, marketHours, addDays(today, -7), CALENDAR_DAYS);

  const seed = readVenueEnv({}).VENUE_SEED;
  const yesterday = addDays(today, -1);
  const history = SYNTHETIC_INSTRUMENTS.map((instrument) => ({
    instrument,
    bars: generateDailyBars(seed, instrument, { from: HISTORY_START, to: yesterday }),
  }));
  const isSeeded = (await pool.query('select 1 from public.instruments where is_synthetic limit 1')).rowCount === 1;
  for (const { instrument, bars } of history) await seedInstrument(pool, instrument, bars.at(-1)?.close ?? instrument.startPrice, today);

  if (!isSeeded) {
    const store = marketStore(pool);
    for (const { instrument, bars } of history) {
      for (const [year, chunk] of dailyColumnsByYear(bars.map((bar) => ({ ...bar, day: bar.day as TradingDay })))) {
        await store.writeChunk(instrument.symbol, '1d', year, chunk);
      }
    }
  }

  const out = join(marketDataDir, 'demo');
  const lastDay = history[0]?.bars.at(-1)?.day;
  const stored = await readManifest(out).catch(() => null); // none yet, or one that cannot be read: it is made anew
  if (lastDay === undefined || stored?.to === lastDay) return;
  const scratch = await mkdtemp(join(tmpdir(), 'narae-demo-'));
  try {
    const file = join(scratch, 'demo.csv');
    const lines = history.flatMap(({ instrument, bars }) =>
      bars.map((b) =>
        [
          b.day,
          instrument.symbol,
          instrument.nameKo,
          instrument.kind === 'etf' ? 'ETF' : instrument.market,
          b.open,
          b.high,
          b.low,
          b.close,
          b.volume,
          b.value,
        ].join(','),
      ),
    );
    await writeFile(file, `date,code,name,market,open,high,low,close,volume,value\n${lines.join('\n')}\n`);
    const outcome = await importData({ file, out, isAdjusted: false });
    if (!outcome.ok) log.error({ findings: outcome.findings }, 'demo data refused');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Today's base price is yesterday's close; the market service takes over from there. */
async function seedInstrument(pool: pg.Pool, instrument: Instrument, close: number, today: string): Promise<void> {
  const { symbol, nameKo, nameEn, market, kind, sectorKo, listedShares } = instrument;
  const { upper, lower } = priceLimits(close, { day: today, market, kind });
  await pool.query(
    `insert into public.instruments (stock_code, name_ko, name_en, market, kind, base_price, upper_limit, lower_limit, price_day, listed_shares, is_synthetic, sector)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11)
     on conflict (stock_code) do update set base_price = excluded.base_price, upper_limit = excluded.upper_limit, lower_limit = excluded.lower_limit,
       price_day = excluded.price_day where instruments.price_day < excluded.price_day`,
    [symbol, nameKo, nameEn, market, kind, close, upper, lower, today, listedShares, sectorKo],
  );
  await pool.query(
    `insert into public.quotes (feed, stock_code, last_price, open, high, low, heard_at) values ('shared', $1, $2, $2, $2, $2, 'epoch') on conflict do nothing`,
    [symbol, close],
  );
}

/** What the demo people watch, so that the market page opens on something of their own. A list they changed stays theirs. */
export async function seedWatchlists(pool: pg.Pool, { users, isFirstTime }: SeedContext): Promise<void> {
  if (!isFirstTime) return;
  const watched = SYNTHETIC_INSTRUMENTS.filter((_, i) => i % 5 === 0).map((instrument) => instrument.symbol);
  for (const user of [users.trader1, users.trader2]) {
    await pool.query('insert into public.watchlists (user_id, stock_codes) values ($1, $2)', [user.id, watched]);
  }
}
