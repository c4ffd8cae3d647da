import type { DuckDBConnection } from '@duckdb/node-api';
import { numberOf, rowsOf } from './duck.ts';
import type { Finding } from './quality.ts';

/** Longer than any closure of KRX: beyond it the day before is missing from the file and its base price says nothing. */
const LONGEST_STEP_DAYS = 10;
/** A base price is rounded to a tick, so a ratio this near to 1 ÷ n is a split (or n, a merger) and not a rights issue. */
const SNAP = 0.005;
/** Companies do not split together: where so much of the market changed its base, the session before is missing from the file. */
const MARKET_SHARE = 0.1;
const MARKET_LEAST = 10;
const PLAUSIBLE = { least: 0.01, most: 100 };

/**
 * Adds the column `factor` (adjusted = raw × factor) to the table `bars` of raw prices. The exchange computes a day's change from its
 * base price (기준가), so (close − change) ÷ previous close is what the day did to older prices: 1 on ordinary days, 0.2 on a 5:1 split.
 * Implausible ratios are listed for a decision instead of applied.
 */
export async function deriveFactors(db: DuckDBConnection): Promise<Finding[]> {
  await db.run(`create table ratios as
    select code, t, previous, base, base / previous as ratio,
      case when base < previous then 1 / round(previous / base) else round(base / previous) end as simple
    from (select code, t, close - change as base, lag(close) over w as previous, lag(t) over w as previous_t
      from bars window w as (partition by code order by t))
    where previous > 0 and base > 0 and base <> previous and date_diff('day', previous_t, t) <= ${LONGEST_STEP_DAYS}`);
  await db.run(`create table holes as
    select t, count(*) as rows from ratios join (select t, count(*) as everyone from bars group by t) using (t)
    group by t, everyone having rows >= ${MARKET_LEAST} and rows > everyone * ${MARKET_SHARE}`);
  await db.run('delete from ratios where t in (select t from holes)');
  const doubtful = `(select * from ratios where ratio not between ${PLAUSIBLE.least} and ${PLAUSIBLE.most})`;
  await db.run(`create table factors as
    select code, t, coalesce(product(ratio) over (partition by code order by t rows between 1 following and unbounded following), 1) as factor
    from (select bars.code, bars.t,
        case when ratio is null or ratio not between ${PLAUSIBLE.least} and ${PLAUSIBLE.most} then 1
          when abs(simple / ratio - 1) <= ${SNAP} then simple else ratio end as ratio
      from bars left join ratios using (code, t))`);
  await db.run('create or replace table bars as select bars.*, factors.factor from bars join factors using (code, t)');
  const applied = await numberOf(db, `select count(*) from ratios where ratio between ${PLAUSIBLE.least} and ${PLAUSIBLE.most}`);
  const refused = await numberOf(db, `select count(*) from ${doubtful}`);
  const sample = (from: string) =>
    rowsOf(db, `select code, t, previous, base, ratio from ${from} order by abs(ratio - 1) desc, code, t limit 5`);
  const findings: Finding[] = [];
  const holes = await rowsOf(db, 'select t, rows from holes order by t');
  if (holes.length > 0)
    findings.push({
      code: 'missing_session',
      severity: 'minor',
      count: holes.length,
      ko: '전 거래일이 빠진 날 (그날의 수정계수는 구하지 않음)',
      en: 'days whose session before is missing (no factors derived there)',
      samples: holes.slice(0, 5),
    });
  if (applied > 0)
    findings.push({
      code: 'adjusted_days',
      severity: 'minor',
      count: applied,
      ko: '기준가가 전일 종가와 다른 날 (분할·증자 등, 수정계수에 반영)',
      en: 'days whose base price differs from the last close (splits, rights issues; taken into the factors)',
      samples: await sample('ratios'),
    });
  if (refused > 0)
    findings.push({
      code: 'doubtful_factors',
      severity: 'minor',
      count: refused,
      ko: '수정계수가 0.01–100 밖이라 반영하지 않은 날',
      en: 'days whose factor lies outside 0.01–100 and was not applied',
      samples: await sample(doubtful),
    });
  return findings;
}
