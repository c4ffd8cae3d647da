import type { DuckDBConnection } from '@duckdb/node-api';
import { numberOf, rowsOf } from './duck.ts';
import type { Finding } from './finding.ts';

/** Minutes after midnight: 09:00, where no calendar tells the day's opening. */
export const USUAL_OPENING = 540;

/**
 * Rewrites the table `raw` of a file of snapshots (each row what a quote screen showed then: the last price and the day's open, high,
 * low, volume and value so far) into bars between one snapshot and the next. Open is the last price before (of a day's first trades, the day's own); a high or low counts where
 * the day's own moved in between, otherwise only the bar's two prices are known to have traded.
 */
export async function cutSnapshots(db: DuckDBConnection): Promise<Finding[]> {
  await db.run(`create or replace table raw as
    select n, code, name, market, kind, day, seq, market_cap, listed_shares, change,
      case when before is null then day + to_minutes(coalesce(opens, ${USUAL_OPENING})) else date_trunc('minute', before) end as t,
      opened as open, close, volume - coalesce(volume_before, 0) as volume, value - coalesce(value_before, 0) as value,
      case when before is null or high > high_before then high else greatest(opened, close) end as high,
      case when before is null or low < low_before or low_before = 0 then low else least(opened, close) end as low
    from (select raw.*, opens, lag(t) over w as before, case when lag(open) over w > 0 then lag(close) over w else open end as opened, lag(high) over w as high_before,
        lag(low) over w as low_before, lag(volume) over w as volume_before, lag(value) over w as value_before
      from raw left join sessions using (day) window w as (partition by code, day order by t))`);
  return [
    {
      code: 'cut_from_snapshots',
      severity: 'minor',
      count: await numberOf(db, 'select count(*) from raw'),
      ko: '그날의 누적값 사이를 잘라 만든 봉 (길이가 고르지 않고, 고가·저가는 확인된 범위만)',
      en: 'bars cut from running totals of the day (of uneven length; high and low only as far as they are known)',
      samples: await rowsOf(db, 'select code, t, open, high, low, close, volume from raw order by code, t limit 5'),
    },
  ];
}
