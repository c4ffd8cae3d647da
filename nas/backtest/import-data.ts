import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { canonicalJson } from '#domain/canonical-json.ts';
import { AppError } from '#lib/errors.ts';
import { literal, numberOf, rowsOf, withDuck } from './duck.ts';
import { deriveFactors } from './factors.ts';
import { hashBars } from './hash-bars.ts';
import type { Manifest, StoredSymbol } from './manifest.ts';
import { type Finding, inspect } from './quality.ts';
import { matchColumns, type SourceColumn } from './source-columns.ts';

export interface ImportInput {
  /** A Parquet or CSV file of daily or minute bars. */
  readonly file: string;
  /** The data folder; made when missing. */
  readonly out: string;
  /** Prices were adjusted by the source (수정주가). Default: adjusted, unless the file has listed shares or a market cap (then raw). */
  readonly isAdjusted?: boolean;
}
export type ImportOutcome =
  | { readonly ok: true; readonly manifest: Manifest; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** A symbol without a bar in the last so many sessions of the data has left the market (delisted or halted to the end). */
const ENDED_SESSIONS = 20;

/**
 * Checks a file and stores it as Parquet by year. Nothing is written when a fatal fault is found; readers see the old data until
 * the new manifest replaces the old one in a single rename.
 */
export async function importData(input: ImportInput): Promise<ImportOutcome> {
  await access(input.file).catch((cause) => {
    throw new AppError('not_found', `there is no file ${input.file}`, { cause });
  });
  return withDuck(async (db) => {
    const shape = await readSource(db, input);
    const findings = await inspect(db, shape.isIntraday);
    if (findings.some((finding) => finding.severity === 'fatal')) return { ok: false, findings };
    await cleanRows(
      db,
      shape,
      findings.some(({ code }) => code === 'exact_duplicates'),
    );
    if ((await numberOf(db, 'select count(*) from bars')) === 0) throw new AppError('invalid_input', `${input.file} holds no usable bars`);
    if (hasFactors(shape)) findings.push(...(await deriveFactors(db)));
    return { ok: true, manifest: await store(db, input, shape, findings), findings };
  });
}

interface Shape {
  readonly columns: Partial<Record<SourceColumn, string>>;
  readonly isIntraday: boolean;
  readonly isAdjusted: boolean;
}

/** Loads the file into the table `raw` with our names; what cannot be read becomes null and is counted by the inspection. */
async function readSource(db: DuckDBConnection, { file, isAdjusted }: ImportInput): Promise<Shape> {
  const isCsv = /\.(csv|tsv|txt)(\.gz)?$/i.test(file);
  const reader = isCsv ? `read_csv(${literal(file)}, header = true, all_varchar = true)` : `read_parquet(${literal(file)})`;
  const described = await rowsOf(db, `describe select * from ${reader}`).catch((cause: unknown) => {
    throw new AppError('invalid_input', `${file} is not a readable ${isCsv ? 'CSV' : 'Parquet'} file`, { cause });
  });
  const columns = matchColumns(
    described.map((row) => String(row.column_name)),
    basename(file),
  );
  const quoted = (name: SourceColumn) => `"${columns[name]!.replaceAll('"', '""')}"`;
  const number = (name: SourceColumn) => (columns[name] ? `try_cast(${quoted(name)} as double)` : 'cast(null as double)');
  const text = (name: SourceColumn) => (columns[name] ? `trim(cast(${quoted(name)} as varchar))` : "''");
  const market = columns.market ? `upper(${text('market')})` : "'KOSPI'";
  await db.run(`create table raw as
    select row_number() over () as n, ${codeText(text('code'))} as code, coalesce(${text('name')}, '') as name,
      case when ${market} like 'KOSDAQ%' then 'KOSDAQ' when ${market} = 'KONEX' then 'KONEX' else 'KOSPI' end as market,
      case when ${market} = 'ETF' then 'etf' when ${market} = 'ETN' then 'etn' else 'stock' end as kind,
      try_cast(${quoted('t')} as timestamp) as t, try_cast(${quoted('t')} as date) as day,
      ${(['open', 'high', 'low', 'close', 'volume', 'value', 'market_cap', 'listed_shares', 'change'] as const).map((name) => `${number(name)} as ${name}`).join(', ')}
    from ${reader}`);
  const isIntraday = (await numberOf(db, "select count(*) from raw where date_trunc('day', t) <> t")) > 0;
  return { columns, isIntraday, isAdjusted: isAdjusted ?? !(columns.market_cap || columns.listed_shares) };
}

/** A code as six characters: numbers lose their leading zeros in spreadsheets, and brokers write ETN with a leading Q. */
function codeText(code: string): string {
  return `case when length(${code}) < 6 then lpad(${code}, 6, '0') else regexp_replace(${code}, '^Q([0-9A-Z]{6})$', '\\1') end`;
}

/** The table `bars`: one row a symbol and time, repaired as the findings say. Of exact duplicates the first stays. */
async function cleanRows(db: DuckDBConnection, { isIntraday }: Shape, hasDuplicates: boolean): Promise<void> {
  const closed = isIntraday ? '' : 'and day not in (select day from raw group by day having sum(volume) = 0 and count(*) >= 3)';
  await db.run(`create table bars as
    select code, market, kind, name, t, year(t) as year, close, volume, value, market_cap, listed_shares, change,
      case when volume = 0 then close else open end as open,
      case when volume = 0 then close else greatest(open, high, low, close) end as high,
      case when volume = 0 then close else least(open, high, low, close) end as low
    from raw
    where close > 0 and (volume = 0 or least(open, high, low) > 0) ${closed}
    ${hasDuplicates ? 'qualify row_number() over (partition by code, t order by n) = 1' : ''}`);
}

/** Raw daily prices with the exchange's day change tell their own splits. */
function hasFactors({ isAdjusted, isIntraday, columns }: Shape): boolean {
  return !isAdjusted && !isIntraday && columns.change !== undefined;
}

const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;
const OPTIONAL = ['value', 'market_cap', 'listed_shares', 'change'] as const;

async function store(db: DuckDBConnection, input: ImportInput, shape: Shape, findings: readonly Finding[]): Promise<Manifest> {
  const columns = [...PRICES, ...OPTIONAL.filter((name) => shape.columns[name]), ...(hasFactors(shape) ? ['factor'] : [])];
  const symbols = await symbolRows(db);
  const hash = await hashBars(db, 'bars', columns, shape.isAdjusted);
  const [facts] = await rowsOf(
    db,
    `select count(*) as rows, count(distinct cast(t as date)) as sessions, cast(min(t) as date)::varchar as "from", cast(max(t) as date)::varchar as "to" from bars`,
  );
  const [ended] = await rowsOf(
    db,
    `select min(d)::varchar as day from (select distinct cast(t as date) as d from bars order by d desc limit ${ENDED_SESSIONS})`,
  );
  const years = (await rowsOf(db, 'select distinct year from bars order by year')).map((row) => Number(row.year));
  const manifest: Manifest = {
    schema: 'narae.bars/1',
    version: `v-${hash.slice(0, 16)}`,
    dataHash: hash,
    isAdjusted: shape.isAdjusted,
    isIntraday: shape.isIntraday,
    rows: Number(facts!.rows),
    symbols: symbols.length,
    sessions: Number(facts!.sessions),
    from: String(facts!.from),
    to: String(facts!.to),
    endedBefore: String(ended!.day),
    columns,
    years,
    source: basename(input.file),
    findings: findings.map(({ code, count }) => ({ code, count })),
  };
  const version = join(input.out, manifest.version);
  const building = join(input.out, `.building-${randomBytes(6).toString('hex')}`);
  await mkdir(building, { recursive: true });
  try {
    await writeFile(join(building, 'symbols.json'), canonicalJson(symbols));
    for (const year of years) await writeYear(db, join(building, `year=${year}.parquet`), year, columns);
    await rm(version, { recursive: true, force: true });
    await rename(building, version);
    await writeFile(join(input.out, 'manifest.json.new'), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(join(input.out, 'manifest.json.new'), join(input.out, 'manifest.json'));
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
  await removeOldVersions(input.out, manifest.version);
  return manifest;
}

async function symbolRows(db: DuckDBConnection): Promise<StoredSymbol[]> {
  const rows = await rowsOf(
    db,
    `select code, max(name) as name, any_value(market order by t desc) as market, any_value(kind order by t desc) as kind,
      cast(min(t) as date)::varchar as first, cast(max(t) as date)::varchar as last, count(*)::integer as rows from bars group by code order by code`,
  );
  return rows.map((row) => ({ ...row, rows: Number(row.rows) }) as StoredSymbol);
}

async function writeYear(db: DuckDBConnection, file: string, year: number, columns: readonly string[]): Promise<void> {
  // Whole numbers pack far better than doubles; a source with fractions keeps them.
  const whole = columns.filter((name) => name !== 'factor');
  const fractional = await numberOf(
    db,
    `select count(*) from bars where year = ${year} and (${whole.map((name) => `${name} <> floor(${name})`).join(' or ')})`,
  );
  const list = columns.map((name) => (fractional > 0 || !whole.includes(name) ? name : `cast(${name} as bigint) as ${name}`)).join(', ');
  await db.run(
    `copy (select code, t, ${list} from bars where year = ${year} order by code, t) to ${literal(file)} (format parquet, compression zstd)`,
  );
}

async function removeOldVersions(out: string, current: string): Promise<void> {
  for (const name of await readdir(out)) {
    if (/^v-[0-9a-f]{16}$/.test(name) && name !== current) await rm(join(out, name), { recursive: true, force: true });
  }
}
