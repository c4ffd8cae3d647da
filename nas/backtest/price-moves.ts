import type { DuckDBConnection } from '@duckdb/node-api';
import { LIMIT_ERAS } from '#domain/market/price-limit.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Half a point for the tick and the rounding of adjusted prices; below 1,000 won one tick is too large a share. */
const LIMIT_SLACK = 0.005;
const LIMIT_FLOOR = 1000;
/** KRX never closes longer; a longer step is a hole in the file. */
const LONGEST_CLOSURE_DAYS = 10;
/** A split halts the symbol for some days (three sessions since 2016, some weeks before); after longer halts prices move freely. */
const LONGEST_SPLIT_HALT_DAYS = 45;
/** Par values of 5,000, 2,500, 1,000, 500, 200 and 100 won, and bonus issues of up to nine shares for one, divide by these. */
const SPLITS = [2, 2.5, 3, 4, 5, 6, 8, 9, 10, 12.5, 20, 25, 50, 100];

/** The day's limit as a fraction. Only where the law is known: in years without a source nothing is called impossible. */
function limitSql(): string {
  const eras = Object.entries(LIMIT_ERAS).flatMap(([market, list]) =>
    list.map(
      ({ since, percent, isSourced }) =>
        `when market = '${market}' and day >= date '${since < '1900' ? '1900-01-01' : since}' then ${isSourced ? percent / 100 : '1e9'}`,
    ),
  );
  return `(case ${eras.join(' ')} else 1e9 end) * (case when kind <> 'stock' and regexp_matches(name, '레버리지|2X') then 2 else 1 end)`;
}

export interface MovesInput {
  /** `bars`, or `raw` when the rows are too bad to become bars. */
  readonly table: 'bars' | 'raw';
  readonly isIntraday: boolean;
  /** The table has `factor`: moves are judged after it. */
  readonly hasFactor: boolean;
}

/**
 * Moves between traded days that the day's price limit forbids: first those of adjacent sessions, then those (across a halt too) that
 * a usual split, bonus issue or merger would explain; `factor` is the nearest of those: a proposal to look up, not a fact. Each
 * session that the whole file lacks allows one more move by the limit.
 */
export async function inspectMoves(db: DuckDBConnection, { table, isIntraday, hasFactor }: MovesInput): Promise<Finding[]> {
  const factor = hasFactor ? 'factor' : '1';
  const days = isIntraday
    ? `select code, cast(t as date) as day, any_value(market) as market, any_value(kind) as kind, any_value(name) as name,
        arg_min(open, t) * any_value(${factor}) as open, arg_max(close, t) * any_value(${factor}) as close
      from ${table} where volume > 0 and open > 0 group by code, cast(t as date)`
    : `select code, cast(t as date) as day, market, kind, name, open * ${factor} as open, close * ${factor} as close
      from ${table} where volume > 0 and open > 0`;
  await db.run(`create or replace table places as
    select day, session, row_number() over (order by day) as place from sessions where day in (select cast(t as date) from ${table})`);
  await db.run(`create or replace table moves as
    select * from (select *, ${limitSql()} as price_limit, close / before - 1 as change,
        1 + session - session_before - (place - place_before) as steps
      from (select *, lag(close) over w as before, lag(day) over w as day_before, lag(session) over w as session_before,
          lag(place) over w as place_before
        from (${days}) join places using (day) window w as (partition by code order by day))
      where before >= ${LIMIT_FLOOR})
    where abs(change) > price_limit + ${LIMIT_SLACK}`);
  await db.run(`create or replace table splits as
    select code, day, arg_min(factor, abs(ln(close / (before * factor)))) as factor
    from moves, (select unnest([${SPLITS.join(', ')}]) as n), (select unnest([1 / n, n]) as factor) group by code, day`);
  const columns = 'code, day as t, market, before, close, round(change, 4) as change, price_limit';
  return findingsOf(db, [
    {
      code: 'beyond_limit',
      severity: 'minor',
      from: `(select ${columns} from moves where session = session_before + 1 and day - day_before <= ${LONGEST_CLOSURE_DAYS})`,
      ko: '가격제한폭을 넘는 움직임 (신규상장·재상장이 아니면 자료를 의심)',
      en: 'moves beyond the price limit (unless a new listing, doubt the data)',
    },
    {
      code: 'suspected_splits',
      severity: 'minor',
      from: `(select ${columns}, day_before, factor from moves join splits using (code, day)
        where day - day_before <= ${LONGEST_SPLIT_HALT_DAYS}
          and (close / before > power(1 + price_limit, steps) + ${LIMIT_SLACK} or close / before < power(1 - price_limit, steps) - ${LIMIT_SLACK})
          and abs(close / (before * factor) - 1) <= price_limit and abs(open / (before * factor) - 1) <= price_limit)`,
      ko: '반영되지 않은 분할·병합 의심 (원주가면 --factors 파일로 지정, 수정주가면 자료를 다시 받으세요)',
      en: 'suspected splits or mergers that the prices do not account for (raw: state them in a --factors file; adjusted: fetch the data again)',
    },
  ]);
}
