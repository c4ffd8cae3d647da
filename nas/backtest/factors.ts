import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '#lib/errors.ts';
import { numberOf, rowsOf, sourceOf } from './duck.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Longer than any closure of KRX: beyond it the day before is missing from the file and its base price says nothing. */
const LONGEST_STEP_DAYS = 10;
/** A base price is rounded to a tick, so a ratio this near to 1 ÷ n is a split (or n, a merger) and not a rights issue. */
const SNAP = 0.005;
/** Companies do not split together: where so much of the market changed its base, the session before is missing from the file. */
const MARKET_SHARE = 0.1;
const MARKET_LEAST = 10;
const PLAUSIBLE = { least: 0.01, most: 100 };
/** A split halts a symbol for three sessions; after more, the first price is often the outcome of a revaluation, not of a ratio. */
const LONGEST_HALT = 3;
const IS_PLAUSIBLE = `ratio between ${PLAUSIBLE.least} and ${PLAUSIBLE.most}`;
const IS_APPLIED = `${IS_PLAUSIBLE} and coalesce(halted, 0) <= ${LONGEST_HALT}`;

export interface FactorsInput {
  /** Derive factors from the exchange's day change. */
  readonly isDerived: boolean;
  /** A file of factors (code, ex_date, adj_factor); on its days it wins over derived ones. */
  readonly given: string | undefined;
}

/**
 * Adds the column `factor` (adjusted = raw × factor) to the table `bars` of raw prices, which stay as they are. Implausible derived
 * ratios, and those after long halts, are listed for a decision instead of applied; implausible given ones are refused.
 */
export async function applyFactors(db: DuckDBConnection, { isDerived, given }: FactorsInput): Promise<Finding[]> {
  await db.run('create table ratios (code varchar, t timestamp, previous double, base double, ratio double, halted integer)');
  const findings = isDerived ? await deriveRatios(db) : [];
  if (given !== undefined) findings.push(...(await takeRatios(db, given)));
  await db.run(`create table factors as
    select code, t, coalesce(product(ratio) over (partition by code order by t rows between 1 following and unbounded following), 1) as factor
    from (select bars.code, bars.t,
        case when ratio is null or not (${IS_APPLIED}) then 1
          when abs(simple / ratio - 1) <= ${SNAP} then simple else ratio end as ratio
      from bars left join (select *, case when ratio < 1 then 1 / round(1 / ratio) else round(ratio) end as simple from ratios) using (code, t))`);
  await db.run('create or replace table bars as select bars.*, factors.factor from bars join factors using (code, t)');
  findings.push(
    ...(await findingsOf(db, [
      {
        code: 'adjusted_days',
        severity: 'minor',
        from: `(select code, t, previous, base, ratio from ratios where ${IS_APPLIED})`,
        ko: '기준가가 전일 종가와 다른 날 (분할·증자 등, 수정계수에 반영)',
        en: 'days whose base price differs from the last close (splits, rights issues; taken into the factors)',
      },
      {
        code: 'doubtful_factors',
        severity: 'minor',
        from: `(select code, t, previous, base, ratio, halted from ratios where not (${IS_APPLIED}))`,
        ko: `수정계수가 0.01–100 밖이거나 ${LONGEST_HALT}거래일 넘는 거래정지 뒤라 반영하지 않은 날 (맞으면 --factors 파일로 지정)`,
        en: `days whose factor lies outside 0.01–100 or follows a halt of more than ${LONGEST_HALT} sessions: not applied (state the right ones in a --factors file)`,
      },
    ])),
  );
  return findings;
}

/**
 * The exchange computes a day's change from its base price (기준가), so (close − change) ÷ previous close is what the day did to older
 * prices: 1 on ordinary days, 0.2 on a 5:1 split.
 */
async function deriveRatios(db: DuckDBConnection): Promise<Finding[]> {
  await db.run(`insert into ratios
    select code, t, previous, base, base / previous, halted
    from (select code, t, close - change as base, lag(close) over w as previous, lag(t) over w as previous_t,
        place - 1 - max(case when volume > 0 then place end) over (w rows between unbounded preceding and 1 preceding) as halted
      from (select *, row_number() over (partition by code order by t) as place from bars) window w as (partition by code order by t))
    where previous > 0 and base > 0 and base <> previous and date_diff('day', previous_t, t) <= ${LONGEST_STEP_DAYS}`);
  await db.run(`create table holes as
    select '' as code, t, count(*) as rows from ratios join (select t, count(*) as everyone from bars group by t) using (t)
    group by t, everyone having rows >= ${MARKET_LEAST} and rows > everyone * ${MARKET_SHARE}`);
  await db.run('delete from ratios where t in (select t from holes)');
  return findingsOf(db, [
    {
      code: 'missing_session',
      severity: 'minor',
      from: 'holes',
      ko: '전 거래일이 빠진 날 (그날의 수정계수는 구하지 않음)',
      en: 'days whose session before is missing (no factors derived there)',
    },
  ]);
}

/** Takes the ratios of a file. A halt over the day moves the factor to the first bar after it; that changes no price. */
async function takeRatios(db: DuckDBConnection, file: string): Promise<Finding[]> {
  const source = sourceOf(file);
  await db
    .run(
      `create table given as select lpad(trim(cast(code as varchar)), 6, '0') as code, try_cast(ex_date as date) as day,
        try_cast(adj_factor as double) as ratio from ${source}`,
    )
    .catch((cause: unknown) => {
      throw new AppError('invalid_input', `${basename(file)} must have the columns code, ex_date and adj_factor`, { cause });
    });
  const [bad] = await rowsOf(
    db,
    `select code, day, ratio from given where code is null or day is null or coalesce(not (${IS_PLAUSIBLE}), true)`,
  );
  if (bad)
    throw new AppError(
      'invalid_input',
      `${basename(file)} has a row that is no factor between 0.01 and 100 on a day: ${JSON.stringify(bad)}`,
    );
  if ((await numberOf(db, 'select count(*) - count(distinct (code, day)) from given')) > 0)
    throw new AppError('invalid_input', `${basename(file)} names a code and day twice`);
  await db.run(`create table placed as select code, given.day, min(t) as t, any_value(ratio) as ratio
    from given left join (select code, t from bars where code in (select code from given)) as near using (code)
    where near.t is null or near.t >= given.day group by code, given.day`);
  await db.run('delete from ratios where (code, t) in (select (code, t) from placed)');
  // Two factors can meet the same bar when a halt hides both days.
  await db.run('insert into ratios select code, t, null, null, product(ratio), 0 from placed where t is not null group by code, t');
  return findingsOf(db, [
    {
      code: 'unused_factors',
      severity: 'minor',
      from: '(select code, day as t, ratio from given where (code, day) not in (select (code, day) from placed where t is not null))',
      ko: '해당하는 봉이 없어 쓰지 않은 수정계수',
      en: 'factors of the file that meet no bar and were not used',
    },
  ]);
}
