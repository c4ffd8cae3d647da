import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { canonicalJson } from '#domain/canonical-json.ts';
import { literal, numberOf, rowsOf } from './duck.ts';
import type { Finding } from './finding.ts';
import { hashBars } from './hash-bars.ts';
import type { Manifest, StoredSymbol } from './manifest.ts';

export interface StoreInput {
  readonly out: string;
  /** What the bars came from, for the manifest. */
  readonly source: string;
  readonly isAdjusted: boolean;
  readonly isIntraday: boolean;
  /** Columns of the table `bars` to keep, besides code and t. */
  readonly columns: readonly string[];
  readonly symbols: readonly StoredSymbol[];
  readonly findings: readonly Finding[];
}

/** A symbol without a bar in the last so many sessions of the data has left the market (delisted or halted to the end). */
const ENDED_SESSIONS = 20;

/**
 * Writes the table `bars` as Parquet by year, with its symbols and its quality report. Readers see the old data until the new
 * manifest replaces the old one in a single rename.
 */
export async function storeBars(db: DuckDBConnection, input: StoreInput): Promise<Manifest> {
  const { out, columns, symbols, findings } = input;
  const hash = await hashBars(db, 'bars', columns, input.isAdjusted, symbols);
  const [facts] = await rowsOf(
    db,
    `select count(*) as rows, count(distinct cast(t as date)) as sessions, cast(min(t) as date)::varchar as "from", cast(max(t) as date)::varchar as "to" from bars`,
  );
  const [ended] = await rowsOf(
    db,
    `select min(d)::varchar as day from (select distinct cast(t as date) as d from bars order by d desc limit ${ENDED_SESSIONS})`,
  );
  const years = (await rowsOf(db, 'select distinct year(t) as year from bars order by year')).map((row) => Number(row.year));
  const manifest: Manifest = {
    schema: 'narae.bars/2',
    version: `v-${hash.slice(0, 16)}`,
    dataHash: hash,
    isAdjusted: input.isAdjusted,
    isIntraday: input.isIntraday,
    rows: Number(facts!.rows),
    symbols: symbols.length,
    sessions: Number(facts!.sessions),
    from: String(facts!.from),
    to: String(facts!.to),
    endedBefore: String(ended!.day),
    columns: [...columns],
    years,
    source: input.source,
    findings: findings.map(({ code, count }) => ({ code, count })),
  };
  const version = join(out, manifest.version);
  const building = join(out, `.building-${randomBytes(6).toString('hex')}`);
  await mkdir(building, { recursive: true });
  try {
    await writeFile(join(building, 'symbols.json'), canonicalJson(symbols));
    await writeFile(join(building, 'quality.json'), `${JSON.stringify(findings, null, 2)}\n`);
    for (const year of years) await writeYear(db, join(building, `year=${year}.parquet`), year, columns);
    await rm(version, { recursive: true, force: true });
    await rename(building, version);
    await writeFile(join(out, 'manifest.json.new'), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(join(out, 'manifest.json.new'), join(out, 'manifest.json'));
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
  await removeOldVersions(out, manifest.version);
  return manifest;
}

async function writeYear(db: DuckDBConnection, file: string, year: number, columns: readonly string[]): Promise<void> {
  // Whole numbers pack far better than doubles; a source with fractions keeps them.
  const whole = columns.filter((name) => name !== 'factor');
  const fractional = await numberOf(
    db,
    `select count(*) from bars where year(t) = ${year} and (${whole.map((name) => `${name} <> floor(${name})`).join(' or ')})`,
  );
  const list = columns.map((name) => (fractional > 0 || !whole.includes(name) ? name : `cast(${name} as bigint) as ${name}`)).join(', ');
  await db.run(
    `copy (select code, t, ${list} from bars where year(t) = ${year} order by code, t) to ${literal(file)} (format parquet, compression zstd)`,
  );
}

async function removeOldVersions(out: string, current: string): Promise<void> {
  for (const name of await readdir(out)) {
    if (/^v-[0-9a-f]{16}$/.test(name) && name !== current) await rm(join(out, name), { recursive: true, force: true });
  }
}
