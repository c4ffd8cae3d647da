import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal, rowsOf, withDuck } from './duck.ts';
import { hashBars } from './hash-bars.ts';
import { type Manifest, readManifest, readSymbols } from './manifest.ts';

/** What the stored bars themselves say; zeros and empty texts when they cannot be read. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly rows: number;
  readonly symbols: number;
  readonly sessions: number;
  readonly from: string;
  readonly to: string;
  readonly dataHash: string;
  /** One sentence for each promise of the manifest that the bars do not keep. */
  readonly differences: readonly string[];
}
type Facts = Omit<VerifyReport, 'ok' | 'differences'>;

const NOTHING: Facts = { rows: 0, symbols: 0, sessions: 0, from: '', to: '', dataHash: '' };

/** Reads every stored bar again and compares with what the manifest promises. */
export async function verifyData(dir: string): Promise<VerifyReport> {
  const manifest = await readManifest(dir);
  try {
    const facts = await withDuck((db) => readFacts(db, dir, manifest));
    const differences = (['rows', 'symbols', 'sessions', 'from', 'to', 'dataHash'] as const)
      .filter((name) => facts[name] !== manifest[name])
      .map((name) => `${name} is ${facts[name]} instead of ${manifest[name]}`);
    return { ok: differences.length === 0, ...facts, differences };
  } catch (error) {
    return { ok: false, ...NOTHING, differences: [`a file cannot be read (${(error as Error).message.split('\n')[0]})`] };
  }
}

async function readFacts(db: DuckDBConnection, dir: string, manifest: Manifest): Promise<Facts> {
  const symbols = await readSymbols(dir, manifest);
  const files = manifest.years.map((year) => literal(join(dir, manifest.version, `year=${year}.parquet`))).join(', ');
  await db.run(`create view bars as select * from read_parquet([${files}])`);
  const dataHash = await hashBars(db, 'bars', manifest.columns, manifest.isAdjusted, symbols);
  const [row] = await rowsOf(
    db,
    `select count(*) as rows, count(distinct code) as symbols, count(distinct cast(t as date)) as sessions,
      cast(min(t) as date)::varchar as "from", cast(max(t) as date)::varchar as "to" from bars`,
  );
  const { rows, symbols: codes, sessions, from, to } = row!;
  return { rows: Number(rows), symbols: Number(codes), sessions: Number(sessions), from: String(from), to: String(to), dataHash };
}
