import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '#lib/errors.ts';
import { literal, numberOf, rowsOf, withDuck } from './duck.ts';
import { findingsOf } from './finding.ts';
import type { ImportOutcome } from './import-data.ts';
import { type Manifest, readManifest, readSymbols, type StoredSymbol } from './manifest.ts';
import { storeBars } from './store-bars.ts';

export interface StitchInput {
  /** Imported folders; `newer` reaches at least as far as `older`. */
  readonly older: string;
  readonly newer: string;
  readonly out: string;
}

/** Bars that both sources must have of a symbol, traded in both: about a month of days. */
const LEAST_OVERLAP = 20;
/** Two sources of one symbol may differ by a constant factor (adjusted at different times), but around it by no more than this. */
const TOLERANCE = 0.01;
/** Days that differ are listed up to here, over all symbols. */
const MOST_DAYS_TOLD = 200;

/**
 * Joins two data folders into a third. A symbol that both have is joined only when its returns agree over the whole overlap: older
 * prices (of raw data: factors) are then brought to the newer scale, and from the newer's first bar on the newer counts. Where they
 * disagree, nothing is joined: the symbol keeps its newer bars alone and the days that differ are told. Symbols of one folder are kept.
 */
export async function stitchData({ older, newer, out }: StitchInput): Promise<ImportOutcome> {
  const [before, after] = [await readManifest(older), await readManifest(newer)];
  if (before.isAdjusted !== after.isAdjusted || before.isIntraday !== after.isIntraday)
    throw new AppError('invalid_input', 'both folders must be of one kind: raw or adjusted, daily or minutes');
  if (before.to > after.to)
    throw new AppError('invalid_input', `${older} ends on ${before.to}, after ${newer} (${after.to}): name the older folder first`);
  return withDuck(async (db) => {
    await viewOf(db, 'older', older, before);
    await viewOf(db, 'newer', newer, after);
    await compare(db, after.isAdjusted);
    const findings = await findingsOf(db, [
      {
        code: 'stitched',
        severity: 'minor',
        from: '(select code, since as t, overlap, scale, volume_scale from verdicts where is_joined)',
        ko: '겹치는 구간의 수익률이 같아 이어 붙인 종목',
        en: 'symbols joined: their returns agree over the overlap',
      },
      {
        code: 'overlap_differs',
        severity: 'minor',
        samples: MOST_DAYS_TOLD,
        from: '(select code, t, older_close, newer_close, round(ratio / scale - 1, 5) as off from differing)',
        ko: '겹치는 구간에서 두 자료가 다른 날 (그 종목은 잇지 않고 새 자료만 남김)',
        en: 'bars of the overlap on which the sources differ (their symbols are not joined, only the newer bars stay)',
      },
      {
        code: 'overlap_short',
        severity: 'minor',
        from: `(select code, since as t, overlap from verdicts where overlap < ${LEAST_OVERLAP})`,
        ko: `겹치는 봉이 ${LEAST_OVERLAP}개보다 적어 잇지 않은 종목 (새 자료만 남김)`,
        en: `symbols whose sources share fewer than ${LEAST_OVERLAP} traded bars (not joined, only the newer bars stay)`,
      },
    ]);
    const shared = await numberOf(db, 'select count(*) from verdicts');
    if (shared > 0 && !findings.some(({ code }) => code === 'stitched'))
      return { ok: false, findings: findings.map((finding) => ({ ...finding, severity: 'fatal' })) };
    const columns = sharedColumns(before, after);
    await joinBars(db, columns, after.isAdjusted);
    const symbols = await joinedSymbols(db, await readSymbols(older, before), await readSymbols(newer, after));
    const { isAdjusted, isIntraday } = after;
    const source = `${before.source} + ${after.source}`;
    return { ok: true, manifest: await storeBars(db, { out, source, isAdjusted, isIntraday, columns, symbols, findings }), findings };
  });
}

async function viewOf(db: DuckDBConnection, name: string, dir: string, { years, version, columns }: Manifest): Promise<void> {
  const files = years.map((year) => literal(join(dir, version, `year=${year}.parquet`))).join(', ');
  const factor = columns.includes('factor') ? '' : ', cast(1 as double) as factor';
  await db.run(`create view ${name} as select * ${factor} from read_parquet([${files}])`);
}

/** The tables `verdicts` (a row a shared symbol) and `differing` (a row a bar that speaks against joining). */
async function compare(db: DuckDBConnection, isAdjusted: boolean): Promise<void> {
  await db.run(`create table overlap as
    select code, t, older.close as older_close, newer.close as newer_close, newer.volume / older.volume as volume_ratio,
      newer.close * newer.factor / (older.close * older.factor) as ratio
    from older join newer using (code, t) where older.volume > 0 and newer.volume > 0`);
  await db.run(`create table scales as
    select code, min(newer.t) as since, any_value(overlap) as overlap, any_value(scale) as scale, any_value(volume_scale) as volume_scale
    from newer left join (select code, count(*) as overlap, median(ratio) as scale, median(volume_ratio) as volume_scale from overlap group by code)
      using (code)
    where code in (select distinct code from older) group by code`);
  // Adjusted prices are rounded to whole won in both sources. Raw ones are what was traded: they must be equal.
  const differs = isAdjusted
    ? `abs(ratio / scale - 1) > ${TOLERANCE} + 0.5 / older_close + 0.5 / newer_close`
    : `(older_close <> newer_close or abs(ratio / scale - 1) > ${TOLERANCE})`;
  await db.run(`create table differing as select overlap.*, scale from overlap join scales using (code) where ${differs}`);
  await db.run(`create table verdicts as
    select code, since, coalesce(overlap, 0) as overlap, scale, volume_scale,
      coalesce(overlap, 0) >= ${LEAST_OVERLAP} and code not in (select code from differing) as is_joined from scales`);
}

/** Columns that both have; a factor of one is enough, for the other's is 1. */
function sharedColumns(before: Manifest, after: Manifest): string[] {
  return [
    ...after.columns.filter((name) => name !== 'factor' && before.columns.includes(name)),
    ...(before.columns.includes('factor') || after.columns.includes('factor') ? ['factor'] : []),
  ];
}

/** The table `bars`. Adjusted prices move to the newer scale (whole won, as sources round them); raw ones stay and their factor moves. */
async function joinBars(db: DuckDBConnection, columns: readonly string[], isAdjusted: boolean): Promise<void> {
  const scaled = columns.map((name) => {
    if (!isAdjusted) return name === 'factor' ? 'factor * coalesce(scale, 1) as factor' : name;
    if (name === 'volume') return 'round(volume * coalesce(volume_scale, 1)) as volume';
    return ['open', 'high', 'low', 'close'].includes(name) ? `greatest(1, round(${name} * coalesce(scale, 1))) as ${name}` : name;
  });
  await db.run(`create table bars as
    select code, t, ${scaled.join(', ')} from older left join verdicts using (code) where since is null or (is_joined and t < since)
    union all select code, t, ${columns.join(', ')} from newer`);
}

/** A joined symbol is what the newer source calls it; where the older one knew another market, it has changed it at the seam. */
async function joinedSymbols(
  db: DuckDBConnection,
  before: readonly StoredSymbol[],
  after: readonly StoredSymbol[],
): Promise<StoredSymbol[]> {
  const spans = await rowsOf(
    db,
    'select code, cast(min(t) as date)::varchar as first, cast(max(t) as date)::varchar as last, count(*)::integer as rows from bars group by code order by code',
  );
  const [olderOf, newerOf] = [before, after].map((list) => new Map(list.map((symbol) => [symbol.code, symbol])));
  return spans.map((span) => {
    const code = String(span.code);
    const old = olderOf!.get(code);
    const symbol = newerOf!.get(code) ?? old!;
    const first = String(span.first);
    const isJoined = old !== undefined && old !== symbol && first < symbol.first;
    return {
      ...symbol,
      name: symbol.name || (old?.name ?? ''),
      first,
      last: String(span.last),
      rows: Number(span.rows),
      markets: isJoined ? marketsOf(old, symbol) : symbol.markets,
      listing: symbol.listing ?? old?.listing ?? null,
    };
  });
}

function marketsOf(old: StoredSymbol, symbol: StoredSymbol): StoredSymbol['markets'] {
  const periods = [old, symbol].flatMap(({ markets, market, first }) => (markets.length > 0 ? markets : [{ since: first, market }]));
  const changes = periods.filter(({ market }, i) => market !== periods[i - 1]?.market);
  return changes.length > 1 ? changes : [];
}
