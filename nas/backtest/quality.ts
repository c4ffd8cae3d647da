import type { DuckDBConnection } from '@duckdb/node-api';
import { LIMIT_ERAS } from '#domain/market/price-limit.ts';
import { numberOf, rowsOf } from './duck.ts';

/** One kind of fault in a file, how often, and rows to look at. Fatal ones refuse the import. */
export interface Finding {
  readonly code: string;
  readonly severity: 'fatal' | 'minor';
  readonly count: number;
  readonly ko: string;
  readonly en: string;
  readonly samples: readonly Record<string, unknown>[];
}

const SAMPLES = 5;
/** Beyond this share of its rows a fault is the file's nature, not an accident. Measured: clean files ≤ 0.5 %, the dirty sample 28 %. */
const FATAL_SHARE = 0.01;
/** One symbol may be worse than its file; the worst clean one has 10 % of faulty rows, the dirty ones 31–77 %. */
const FATAL_SYMBOL_SHARE = 0.2;
const FATAL_SYMBOL_ROWS = 50;
const GAP_SESSIONS = 20;
/** Off by more than rounding of adjusted prices can explain. */
const GROSS = 1.001;

interface Check {
  readonly code: string;
  readonly from: string;
  readonly fatal: 'any' | 'share' | 'never';
  readonly ko: string;
  readonly en: string;
}

/** Conditions on the table `raw` (n, code, market, kind, t, day, open…volume) that the import has just read. */
const CHECKS: readonly Check[] = [
  {
    code: 'unreadable',
    fatal: 'any',
    from: 'raw where t is null or code is null or close is null or volume is null',
    ko: '날짜·종목·종가·거래량을 읽을 수 없는 행',
    en: 'rows whose date, code, close or volume cannot be read',
  },
  {
    code: 'bad_code',
    fatal: 'any',
    from: "raw where not regexp_full_match(code, '[0-9A-Z]{6}')",
    ko: '종목코드가 6자리가 아닌 행',
    en: 'rows whose code does not have six characters',
  },
  {
    code: 'negative',
    fatal: 'any',
    from: 'raw where least(open, high, low, close, volume) < 0',
    ko: '가격이나 거래량이 음수인 행',
    en: 'rows with a negative price or volume',
  },
  {
    code: 'conflicting_duplicates',
    fatal: 'any',
    from: '(select code, t, count(*) as rows from (select distinct code, t, open, high, low, close, volume from raw) group by code, t having count(*) > 1)',
    ko: '같은 종목·시각에 값이 서로 다른 행',
    en: 'rows of one symbol and time that contradict each other',
  },
  {
    code: 'exact_duplicates',
    fatal: 'never',
    from: '(select code, t, count(*) - 1 as rows from raw group by code, t, open, high, low, close, volume having count(*) > 1)',
    ko: '똑같이 두 번 적힌 행 (하나만 남김)',
    en: 'rows written twice (one is kept)',
  },
  {
    code: 'no_price',
    fatal: 'share',
    from: 'raw where volume > 0 and least(open, high, low, close) = 0',
    ko: '거래가 있는데 가격이 0인 행 (버림)',
    en: 'traded rows with a price of 0 (dropped)',
  },
  {
    code: 'no_close',
    fatal: 'share',
    from: 'raw where volume = 0 and close = 0',
    ko: '거래도 종가도 없는 행 (버림)',
    en: 'rows without trades and without a close (dropped)',
  },
  {
    code: 'ohlc',
    fatal: 'share',
    from: `raw where volume > 0 and low > 0 and (greatest(open, close) > high * ${GROSS} or least(open, close) * ${GROSS} < low or low > high)`,
    ko: '시가·종가가 저가–고가 밖인 행 (범위를 넓힘)',
    en: 'rows whose open or close lies outside low–high (the range is widened)',
  },
  {
    code: 'ohlc_rounding',
    fatal: 'never',
    from: `raw where volume > 0 and low > 0 and (greatest(open, close) > high or least(open, close) < low) and not (greatest(open, close) > high * ${GROSS} or least(open, close) * ${GROSS} < low or low > high)`,
    ko: '시가·종가가 반올림만큼 저가–고가 밖인 행 (범위를 넓힘)',
    en: 'rows whose open or close is off by rounding (the range is widened)',
  },
  {
    code: 'zero_volume',
    fatal: 'never',
    from: 'raw where volume = 0',
    ko: '거래량이 0인 행 (거래정지로 봄)',
    en: 'rows without volume (taken as halts)',
  },
  {
    code: 'weekend',
    fatal: 'any',
    from: "raw where dayofweek(day) = 0 or (dayofweek(day) = 6 and day >= date '1998-12-07')",
    ko: '휴장일(주말)의 행',
    en: 'rows on a weekend',
  },
];

/** Counts every kind of fault in the table `raw`. */
export async function inspect(db: DuckDBConnection, isIntraday: boolean): Promise<Finding[]> {
  const rows = await numberOf(db, 'select count(*) from raw');
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    const count = await numberOf(db, `select count(*) from ${check.from}`);
    if (count === 0) continue;
    const isFatal = check.fatal === 'any' || (check.fatal === 'share' && count > rows * FATAL_SHARE);
    findings.push({
      code: check.code,
      severity: isFatal ? 'fatal' : 'minor',
      count,
      ko: check.ko,
      en: check.en,
      samples: await sample(db, check.from),
    });
  }
  findings.push(...(await unsorted(db)), ...(await brokenSymbols(db)));
  if (!isIntraday) findings.push(...(await closedDays(db)), ...(await gaps(db)), ...(await limitBreaks(db)));
  return findings;
}

async function sample(db: DuckDBConnection, from: string): Promise<Record<string, unknown>[]> {
  return rowsOf(db, `select * from ${from} order by code, t limit ${SAMPLES}`);
}

async function unsorted(db: DuckDBConnection): Promise<Finding[]> {
  const from =
    '(select * from (select *, lag(code) over w as code_before, lag(t) over w as t_before from raw window w as (order by n)) where code = code_before and t < t_before)';
  const count = await numberOf(db, `select count(*) from ${from}`);
  if (count === 0) return [];
  return [
    {
      code: 'unsorted',
      severity: 'minor',
      count,
      ko: '시간 순서가 아닌 행 (정렬함)',
      en: 'rows out of order (sorted)',
      samples: await sample(db, from),
    },
  ];
}

/** Symbols of which so many rows contradict themselves that nothing in them can be believed. */
async function brokenSymbols(db: DuckDBConnection): Promise<Finding[]> {
  const from = `(select code, min(t) as t, count(*) as rows, count(*) filter (where greatest(open, close) > high * ${GROSS} or least(open, close) * ${GROSS} < low) as faulty
    from raw where volume > 0 and low > 0 group by code having rows >= ${FATAL_SYMBOL_ROWS} and faulty > rows * ${FATAL_SYMBOL_SHARE})`;
  const count = await numberOf(db, `select count(*) from ${from}`);
  if (count === 0) return [];
  return [
    {
      code: 'broken_symbols',
      severity: 'fatal',
      count,
      ko: '행의 20% 이상이 모순된 종목 (시가·고가·저가와 종가의 기준이 다름)',
      en: 'symbols with more than 20 % contradictory rows (open, high, low and close are on different scales)',
      samples: await sample(db, from),
    },
  ];
}

/** Days on which many symbols have rows but nobody traded: the market was closed. */
async function closedDays(db: DuckDBConnection): Promise<Finding[]> {
  const from = "(select day as t, '' as code, count(*) as rows from raw group by day having sum(volume) = 0 and count(*) >= 3)";
  const days = await numberOf(db, 'select count(distinct day) from raw');
  const count = await numberOf(db, `select count(*) from ${from}`);
  if (count === 0) return [];
  const severity = count > days * FATAL_SHARE ? 'fatal' : 'minor';
  return [
    {
      code: 'closed_days',
      severity,
      count,
      ko: '아무도 거래하지 않은 날 (휴장일의 행, 버림)',
      en: 'days on which nobody traded (rows of a closed day, dropped)',
      samples: await sample(db, from),
    },
  ];
}

async function gaps(db: DuckDBConnection): Promise<Finding[]> {
  const from = `(select code, day as t, day_before, session - session_before - 1 as missing from (
      select code, day, session, lag(day) over w as day_before, lag(session) over w as session_before
      from raw join (select day, row_number() over (order by day) as session from (select distinct day from raw)) using (day)
      window w as (partition by code order by day)) where session - session_before > ${GAP_SESSIONS})`;
  const count = await numberOf(db, `select count(*) from ${from}`);
  if (count === 0) return [];
  return [
    {
      code: 'gaps',
      severity: 'minor',
      count,
      ko: `${GAP_SESSIONS}거래일 넘게 빈 구간`,
      en: `holes of more than ${GAP_SESSIONS} sessions`,
      samples: await sample(db, from),
    },
  ];
}

/** Half a point for the tick and the rounding of adjusted prices; below 1,000 won one tick is too large a share. */
const LIMIT_SLACK = 0.005;
const LIMIT_FLOOR = 1000;
/** KRX never closes longer; a longer step is a hole in the file. */
const LONGEST_CLOSURE_DAYS = 10;

/** Moves between adjacent sessions beyond the day's price limit: splits left raw, scale breaks, new listings. */
async function limitBreaks(db: DuckDBConnection): Promise<Finding[]> {
  // Only where the law is known: in years without a source nothing is called impossible.
  const eras = Object.entries(LIMIT_ERAS).flatMap(([market, list]) =>
    list
      .filter((era) => era.isSourced)
      .map(
        (era) => `when market = '${market}' and day >= date '${era.since < '1900' ? '1900-01-01' : era.since}' then ${era.percent / 100}`,
      ),
  );
  const from = `(select code, t, market, before, close, close / before - 1 as change, listed_limit from (
      select code, day as t, market, close, volume, session, case ${eras.join(' ')} else 1e9 end as listed_limit,
        lag(close) over w as before, lag(session) over w as session_before, lag(day) over w as day_before
      from raw join (select day, row_number() over (order by day) as session from (select distinct day from raw)) using (day)
      window w as (partition by code order by day))
    where session = session_before + 1 and t - day_before <= ${LONGEST_CLOSURE_DAYS} and before >= ${LIMIT_FLOOR} and volume > 0
      and abs(close / before - 1) > listed_limit + ${LIMIT_SLACK})`;
  const count = await numberOf(db, `select count(*) from ${from}`);
  if (count === 0) return [];
  return [
    {
      code: 'beyond_limit',
      severity: 'minor',
      count,
      ko: '가격제한폭을 넘는 움직임 (반영되지 않은 분할·증자 의심)',
      en: 'moves beyond the price limit (splits or rights issues left out are suspected)',
      samples: await sample(db, from),
    },
  ];
}
