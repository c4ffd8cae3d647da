import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '#lib/errors.ts';
import { numberOf, rowsOf, sourceOf, withDuck } from './duck.ts';
import { applyFactors } from './factors.ts';
import type { Finding } from './finding.ts';
import { readListings, symbolRows } from './listings.ts';
import type { Manifest } from './manifest.ts';
import { inspectMoves } from './price-moves.ts';
import { inspect } from './quality.ts';
import { readSessions } from './sessions.ts';
import { cutSnapshots, USUAL_OPENING } from './snapshots.ts';
import { isSnapshots, matchColumns, type SourceColumn } from './source-columns.ts';
import { storeBars } from './store-bars.ts';

export interface ImportInput {
  /** A Parquet or CSV file of daily or minute bars. */
  readonly file: string;
  /** The data folder; made when missing. */
  readonly out: string;
  /** Prices were adjusted by the source (수정주가). Default: adjusted, unless the file has listed shares, a market cap or factors (then raw). */
  readonly isAdjusted?: boolean;
  /** The exchange's days (date, is_session, open_kst): untraded rows on other days are dropped, missing days are told. */
  readonly calendar?: string;
  /** Splits and the like (code, ex_date, adj_factor): the prices before the day are multiplied by the factor. Only for raw prices. */
  readonly factors?: string;
  /** Listing and delisting days (code, market, listing_date, delisting_date). */
  readonly listings?: readonly string[];
  /** Length of a bar in a file that numbers the bars of a day (`seq`) instead of timing them. */
  readonly barMinutes?: number;
}
export type ImportOutcome =
  | { readonly ok: true; readonly manifest: Manifest; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Checks a file and stores it for back-tests. Nothing is written when a fatal fault is found. */
export async function importData(input: ImportInput): Promise<ImportOutcome> {
  for (const file of [input.file, input.calendar, input.factors, ...(input.listings ?? [])]) {
    if (file === undefined) continue;
    await access(file).catch((cause) => {
      throw new AppError('not_found', `there is no file ${file}`, { cause });
    });
  }
  return withDuck(async (db) => {
    const { columns, isIntraday, isAdjusted } = await readSource(db, input);
    const hasCalendar = input.calendar !== undefined;
    await readSessions(db, input.calendar);
    if (columns.seq) await timeByPlace(db, input);
    const findings = isSnapshots(columns) ? await cutSnapshots(db) : [];
    findings.push(...(await inspect(db, { isIntraday, hasCalendar })));
    if (findings.some((finding) => finding.severity === 'fatal')) {
      return { ok: false, findings: [...findings, ...(await inspectMoves(db, { table: 'raw', isIntraday, hasFactor: false }))] };
    }
    const found = new Set(findings.map(({ code }) => code));
    await cleanRows(db, { isIntraday, hasCalendar, hasDuplicates: found.has('exact_duplicates') });
    if ((await numberOf(db, 'select count(*) from bars')) === 0) throw new AppError('invalid_input', `${input.file} holds no usable bars`);
    // Raw daily prices with the exchange's day change tell their own splits.
    const isDerived = !isAdjusted && !isIntraday && columns.change !== undefined;
    const hasFactor = isDerived || input.factors !== undefined;
    if (hasFactor) findings.push(...(await applyFactors(db, { isDerived, given: input.factors })));
    findings.push(...(await inspectMoves(db, { table: 'bars', isIntraday, hasFactor })));
    if (input.listings) findings.push(...(await readListings(db, input.listings)));
    const manifest = await storeBars(db, {
      out: input.out,
      source: basename(input.file),
      isAdjusted,
      isIntraday,
      columns: [...PRICES, ...OPTIONAL.filter((name) => columns[name]), ...(hasFactor ? ['factor'] : [])],
      symbols: await symbolRows(db, input.listings !== undefined),
      findings,
    });
    return { ok: true, manifest, findings };
  });
}

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;
const OPTIONAL = ['value', 'market_cap', 'listed_shares', 'change'] as const;

interface Shape {
  readonly columns: Partial<Record<SourceColumn, string>>;
  readonly isIntraday: boolean;
  readonly isAdjusted: boolean;
}

/** Loads the file into the table `raw` with our names; what cannot be read becomes null and is counted by the inspection. */
async function readSource(db: DuckDBConnection, { file, isAdjusted, factors }: ImportInput): Promise<Shape> {
  const source = sourceOf(file);
  const described = await rowsOf(db, `describe select * from ${source}`).catch((cause: unknown) => {
    throw new AppError('invalid_input', `${file} is not a readable ${source.startsWith('read_csv') ? 'CSV' : 'Parquet'} file`, { cause });
  });
  const columns = matchColumns(
    described.map((row) => String(row.column_name)),
    basename(file),
  );
  if (isAdjusted && factors !== undefined)
    throw new AppError('invalid_input', 'factors go with raw prices: adjusted ones have them inside already');
  const quoted = (name: SourceColumn) => `"${columns[name]!.replaceAll('"', '""')}"`;
  // NaN and infinity are no numbers here: as null they are counted as unreadable.
  const finite = (value: string) => `case when isfinite(${value}) then ${value} end`;
  const number = (name: SourceColumn) => (columns[name] ? finite(`try_cast(${quoted(name)} as double)`) : 'cast(null as double)');
  const text = (name: SourceColumn) => (columns[name] ? `trim(cast(${quoted(name)} as varchar))` : "''");
  const time = seoulTime(quoted('t'), String(described.find((row) => row.column_name === columns.t)?.column_type));
  const market = columns.market ? `upper(${text('market')})` : "'KOSPI'";
  await db.run(`create table raw as
    select row_number() over () as n, ${codeText(text('code'))} as code, coalesce(${text('name')}, '') as name,
      case when ${market} like 'KOSDAQ%' then 'KOSDAQ' when ${market} = 'KONEX' then 'KONEX' else 'KOSPI' end as market,
      case when ${market} = 'ETF' then 'etf' when ${market} = 'ETN' then 'etn' else '${columns.nav ? 'etf' : 'stock'}' end as kind,
      ${time} as t, cast(${time} as date) as day, ${number('seq')} as seq,
      ${[...PRICES, ...OPTIONAL].map((name) => `${number(name)} as ${name}`).join(', ')}
    from ${source}`);
  const isTimed = (await numberOf(db, "select count(*) from raw where date_trunc('day', t) <> t")) > 0;
  return {
    columns,
    isIntraday: isTimed || columns.seq !== undefined,
    isAdjusted: isAdjusted ?? !(columns.market_cap || columns.listed_shares || factors !== undefined),
  };
}

const SEOUL_OFFSET_US = 9 * 3_600_000_000; // Korea has had no daylight saving since 1988.

/** A day or time as a Seoul clock: times that name a zone are moved there, others are taken as they stand. */
function seoulTime(column: string, type: string): string {
  if (type === 'TIMESTAMP WITH TIME ZONE') return `make_timestamp(epoch_us(${column}) + ${SEOUL_OFFSET_US})`;
  if (type === 'DATE' || type === 'TIMESTAMP') return `cast(${column} as timestamp)`;
  const text = `trim(cast(${column} as varchar))`;
  return `case when regexp_matches(${text}, ':[0-9.]+(Z|[+-][0-9]{2}:?[0-9]{2})$')
      then make_timestamp(epoch_us(try_cast(${text} as timestamptz)) + ${SEOUL_OFFSET_US})
      else try_cast(regexp_replace(${text}, '^([0-9]{4})([0-9]{2})([0-9]{2})$', '\\1-\\2-\\3') as timestamp) end`;
}

/** A code as six characters: numbers lose their leading zeros in spreadsheets, and brokers write ETN with a leading Q. */
function codeText(code: string): string {
  return `case when length(${code}) < 6 then lpad(${code}, 6, '0') else regexp_replace(${code}, '^Q([0-9A-Z]{6})$', '\\1') end`;
}

/** Gives numbered bars (0 = the first of the day) their clock time, counted from the day's opening: 10:00 on the first day of a year. */
async function timeByPlace(db: DuckDBConnection, { file, barMinutes, calendar }: ImportInput): Promise<void> {
  if (barMinutes === undefined || calendar === undefined)
    throw new AppError(
      'invalid_input',
      `${basename(file)} numbers the bars of a day: say how long one is (--minutes 60) and when the days open (--calendar <file>)`,
    );
  await db.run(`update raw set t = raw.day + to_minutes(cast(coalesce(sessions.opens, ${USUAL_OPENING}) + seq * ${barMinutes} as integer))
    from sessions where sessions.day = raw.day`);
}

interface CleanInput {
  readonly isIntraday: boolean;
  readonly hasCalendar: boolean;
  readonly hasDuplicates: boolean;
}

/** The table `bars`: one row a symbol and time, repaired as the findings say. Of exact duplicates the first stays. */
async function cleanRows(db: DuckDBConnection, { isIntraday, hasCalendar, hasDuplicates }: CleanInput): Promise<void> {
  // A bar without volume inside the day still has the quotes' prices; a halted day often has zeros.
  const isFlat = isIntraday ? 'volume = 0 and least(open, high, low) <= 0' : 'volume = 0';
  const closed = isIntraday ? '' : 'and day not in (select day from raw group by day having sum(volume) = 0 and count(*) >= 3)';
  await db.run(`create table bars as
    select code, market, kind, name, t, close, volume, value, market_cap, listed_shares, change,
      case when ${isFlat} then close else open end as open,
      case when ${isFlat} then close else greatest(open, high, low, close) end as high,
      case when ${isFlat} then close else least(open, high, low, close) end as low
    from raw
    where close > 0 and (volume = 0 or least(open, high, low) > 0) ${closed}
    ${hasCalendar ? 'and (volume > 0 or day in (select day from sessions))' : ''}
    ${hasDuplicates ? 'qualify row_number() over (partition by code, t order by n) = 1' : ''}`);
}
