import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import { rowsOf, sourceOf } from './duck.ts';
import { type Finding, findingsOf } from './finding.ts';
import { type StoredSymbol, storedSymbol } from './manifest.ts';

/** A symbol that stops so long before the data's end is called ended unless its listing says otherwise (calendar days). */
const ENDS_EARLY_DAYS = 30;

/**
 * Reads listing files (code, market, listing_date and, in those of the departed, delisting_date) into the table `listings`, and gives
 * the bars of a known period the market of that period. A move to another market ends one period and begins the next.
 */
export async function readListings(db: DuckDBConnection, files: readonly string[]): Promise<Finding[]> {
  await db.run('create table listings (code varchar, market varchar, listed date, delisted date)');
  for (const file of files) {
    const source = sourceOf(file);
    const described = (await rowsOf(db, `describe select * from ${source}`)).map((row) => String(row.column_name));
    const lacking = ['code', 'market', 'listing_date'].filter((name) => !described.includes(name));
    if (lacking.length > 0) throw new AppError('invalid_input', `the listings ${basename(file)} lack the columns ${lacking.join(', ')}`);
    const delisted = described.includes('delisting_date') ? 'try_cast(delisting_date as date)' : 'null';
    await db.run(`insert into listings
      select trim(cast(code as varchar)), case when upper(market) like 'KOSDAQ%' then 'KOSDAQ' else upper(market) end, try_cast(listing_date as date), ${delisted}
      from ${source} where trim(cast(code as varchar)) in (select code from bars)`);
  }
  // Where the file itself knows two markets of a symbol it tells each day's: it wins. Of the others only those are rewritten of which a
  // period says something else, for rewriting millions of rows is slow.
  await db.run(`update bars set market = listings.market from listings
    where bars.code = listings.code and bars.market <> listings.market and listings.market in ('KOSPI', 'KOSDAQ', 'KONEX')
      and bars.code in (select code from bars group by code having count(distinct market) = 1)
      and listings.listed is not null and bars.t >= listings.listed and bars.t < coalesce(listings.delisted, date '9999-12-31')`);
  const spans = `(select code, min(cast(t as date)) as first, max(cast(t as date)) as last from bars group by code)`;
  const end = '(select max(cast(t as date)) from bars)';
  return findingsOf(db, [
    {
      code: 'unlisted',
      severity: 'minor',
      from: `(select code, first as t from ${spans} where code not in (select code from listings))`,
      ko: '상장 목록에 없는 종목',
      en: 'symbols that no listing names',
    },
    {
      code: 'before_listing',
      severity: 'minor',
      from: `(select code, first as t, listed from ${spans} join ${PERIODS} using (code) where first < listed)`,
      ko: '알려진 상장일보다 앞선 봉이 있는 종목 (다른 시장에서 옮겨 온 종목일 수 있음)',
      en: 'symbols with bars before their first known listing (they may have come from another market)',
    },
    {
      code: 'after_delisting',
      severity: 'minor',
      from: `(select code, last as t, delisted from ${spans} join ${PERIODS} using (code) where last > delisted)`,
      ko: '상장폐지일 뒤에도 봉이 있는 종목',
      en: 'symbols with bars after their delisting',
    },
    {
      code: 'ends_early',
      severity: 'minor',
      from: `(select code, last as t from ${spans} join ${PERIODS} using (code) where delisted is null and last < ${end} - ${ENDS_EARLY_DAYS})`,
      ko: '상장되어 있는데 봉이 일찍 끝나는 종목 (거래정지로 봄)',
      en: 'listed symbols whose bars end early (taken as halted)',
    },
  ]);
}

/** One row a code: first listing, and the last delisting unless it is still listed. */
const PERIODS = `(select code, min(listed) as listed, case when count(*) = count(delisted) then max(delisted) end as delisted from listings group by code)`;

/** The symbols of the table `bars`, delisted ones too, with every change of market. */
export async function symbolRows(db: DuckDBConnection, hasListings: boolean): Promise<StoredSymbol[]> {
  const rows = await rowsOf(
    db,
    `select code, max(name) as name, any_value(market order by t desc) as market, any_value(kind order by t desc) as kind,
      cast(min(t) as date)::varchar as first, cast(max(t) as date)::varchar as last, count(*)::integer as rows, count(distinct market)::integer as markets
    from bars group by code order by code`,
  );
  const moves = await rowsOf(
    db,
    `select code, market, cast(t as date)::varchar as since
    from (select code, t, market, lag(market) over (partition by code order by t) as before from bars
      where code in (select code from bars group by code having count(distinct market) > 1))
    where before is distinct from market order by code, t`,
  );
  const periods = hasListings
    ? await rowsOf(db, `select code, listed::varchar as listed, delisted::varchar as delisted from ${PERIODS}`)
    : [];
  const marketsOf = Map.groupBy(moves, (row) => row.code);
  const listingOf = new Map(periods.map(({ code, listed, delisted }) => [code, { listed, delisted }]));
  const symbols = rows.map((row) => ({
    ...row,
    rows: Number(row.rows),
    markets: (marketsOf.get(row.code) ?? []).map(({ since, market }) => ({ since, market })),
    listing: listingOf.get(row.code) ?? null,
  }));
  return z.array(storedSymbol).parse(symbols);
}
