import type { DuckDBConnection } from '@duckdb/node-api';
import { numberOf } from './duck.ts';
import { type Check, type Finding, findingsOf } from './finding.ts';

/** Beyond this share of its rows a fault is the file's nature, not an accident. Measured: clean files ≤ 0.5 %, the dirty sample 28 %. */
const FATAL_SHARE = 0.01;
/** One symbol may be worse than its file; the worst clean one has 10 % of faulty rows, the dirty ones 31–77 %. */
const FATAL_SYMBOL_SHARE = 0.2;
const FATAL_SYMBOL_ROWS = 50;
const GAP_SESSIONS = 20;
/** Off by more than rounding of adjusted prices can explain. */
const GROSS = 1.001;

interface RowCheck extends Omit<Check, 'severity'> {
  readonly fatal: 'any' | 'share' | 'never';
}

/** Conditions on the table `raw` (n, code, market, kind, t, day, open…volume) that the import has just read. */
const CHECKS: readonly RowCheck[] = [
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
    from: '(select code, t, unnest(range(1, count(*))) as copy from raw group by code, t, open, high, low, close, volume having count(*) > 1)',
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
    from: `raw where volume > 0 and least(open, low, close) > 0 and (greatest(open, close) > high * ${GROSS} or least(open, close) * ${GROSS} < low or low > high)`,
    ko: '시가·종가가 저가–고가 밖인 행 (범위를 넓힘)',
    en: 'rows whose open or close lies outside low–high (the range is widened)',
  },
  {
    code: 'ohlc_rounding',
    fatal: 'never',
    from: `raw where volume > 0 and least(open, low, close) > 0 and (greatest(open, close) > high or least(open, close) < low) and not (greatest(open, close) > high * ${GROSS} or least(open, close) * ${GROSS} < low or low > high)`,
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

/** Counts every kind of fault in the table `raw` against the table `sessions`; `hasCalendar`: those are the exchange's, not the file's own. */
export async function inspect(
  db: DuckDBConnection,
  { isIntraday, hasCalendar }: { isIntraday: boolean; hasCalendar: boolean },
): Promise<Finding[]> {
  const share = (await numberOf(db, 'select count(*) from raw')) * FATAL_SHARE;
  const dayShare = (await numberOf(db, 'select count(distinct day) from raw')) * FATAL_SHARE;
  const severities = { any: 'fatal', share, never: 'minor' } as const;
  const rows: Check[] = CHECKS.map(({ fatal, ...check }) => ({ ...check, severity: severities[fatal] }));
  return findingsOf(db, [
    ...rows,
    UNSORTED,
    BROKEN_SYMBOLS,
    ...(isIntraday ? [] : [{ ...CLOSED_DAYS, severity: dayShare }, GAPS]),
    ...(hasCalendar ? [{ ...NO_SESSION, severity: share }, { ...TRADED_OFF_SESSION, severity: share }, MISSING_SESSIONS] : []),
    ...(hasCalendar && isIntraday ? [{ ...BEFORE_OPENING, severity: share }] : []),
  ]);
}

const UNSORTED: Check = {
  code: 'unsorted',
  severity: 'minor',
  from: '(select * from (select *, lag(code) over w as code_before, lag(t) over w as t_before from raw window w as (order by n)) where code = code_before and t < t_before)',
  ko: '시간 순서가 아닌 행 (정렬함)',
  en: 'rows out of order (sorted)',
};

/** Symbols of which so many rows contradict themselves that nothing in them can be believed. */
const BROKEN_SYMBOLS: Check = {
  code: 'broken_symbols',
  severity: 'fatal',
  from: `(select code, min(t) as t, count(*) as rows, count(*) filter (where greatest(open, close) > high * ${GROSS} or least(open, close) * ${GROSS} < low) as faulty
    from raw where volume > 0 and low > 0 group by code having rows >= ${FATAL_SYMBOL_ROWS} and faulty > rows * ${FATAL_SYMBOL_SHARE})`,
  ko: '행의 20% 이상이 모순된 종목 (시가·고가·저가와 종가의 기준이 다름)',
  en: 'symbols with more than 20 % contradictory rows (open, high, low and close are on different scales)',
};

/** Days on which many symbols have rows but nobody traded: the market was closed. */
const CLOSED_DAYS = {
  code: 'closed_days',
  from: "(select day as t, '' as code, count(*) as rows from raw group by day having sum(volume) = 0 and count(*) >= 3)",
  ko: '아무도 거래하지 않은 날 (휴장일의 행, 버림)',
  en: 'days on which nobody traded (rows of a closed day, dropped)',
};

/** From one traded day to the next: halts are holes too, whether their rows are absent or without volume. Days that the whole file lacks do not count here. */
const GAPS: Check = {
  code: 'gaps',
  severity: 'minor',
  from: `(select code, day as t, day_before, place - place_before - 1 as missing from (
      select code, day, place, lag(day) over w as day_before, lag(place) over w as place_before
      from raw join (select day, row_number() over (order by day) as place from sessions where day in (select day from raw)) using (day)
      where volume > 0 window w as (partition by code order by day)) where place - place_before > ${GAP_SESSIONS})`,
  ko: `${GAP_SESSIONS}거래일 이상 거래가 없는 구간`,
  en: `stretches of ${GAP_SESSIONS} sessions or more without a trade`,
};

const NO_SESSION = {
  code: 'no_session',
  from: 'raw where volume = 0 and day not in (select day from sessions)',
  ko: '거래소 달력의 휴장일에 거래 없이 적힌 행 (버림)',
  en: 'rows without trades on days that are no sessions in the calendar (dropped)',
};

const TRADED_OFF_SESSION = {
  code: 'traded_off_session',
  from: 'raw where volume > 0 and day not in (select day from sessions)',
  ko: '거래소 달력의 휴장일인데 거래가 있는 행 (달력이 틀렸을 수 있어 그대로 둠)',
  en: 'rows with trades on days that are no sessions in the calendar (kept: the calendar may be wrong)',
};

const MISSING_SESSIONS: Check = {
  code: 'missing_sessions',
  severity: 'minor',
  from: "(select day as t, '' as code from sessions where day between (select min(day) from raw) and (select max(day) from raw) and day not in (select day from raw))",
  ko: '파일에 한 행도 없는 거래일',
  en: 'sessions of the calendar without any row',
};

const BEFORE_OPENING = {
  code: 'before_opening',
  from: '(select raw.* from raw join sessions using (day) where t < day + to_minutes(opens))',
  ko: '개장 전 시각의 행',
  en: 'rows before the session opens',
};
