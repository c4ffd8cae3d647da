import { join } from 'node:path';
import { type Columns, epochDay } from '#domain/backtest/columns.ts';
import { addDays } from '#domain/market/day.ts';
import type { Market } from '#domain/market/instrument.ts';
import { AppError } from '#lib/errors.ts';
import { literal, withDuck } from './duck.ts';
import { type Manifest, readManifest, readSymbols, type StoredSymbol } from './manifest.ts';

export interface LoadInput {
  /** First and last day that a run counts. */
  readonly from: string;
  readonly to: string;
  /** Bars wanted before `from` for warm-up (`Program.historyBars`). */
  readonly historyBars?: number;
  /** Codes; all when left out. */
  readonly symbols?: readonly string[];
  readonly markets?: readonly string[];
}

/** At least 230 sessions a year in every year of the calendar, plus a month for halts and holidays. */
const CALENDAR_DAYS_PER_SESSION = 366 / 230;
const SPARE_DAYS = 31;
/** Minute bars of the shortest usual session; a few days suffice for most warm-ups. */
const BARS_PER_MINUTE_SESSION = 60;

/** Whose bars an input asks for, and from which day on. */
async function planLoad(dir: string, input: LoadInput) {
  const manifest = await readManifest(dir);
  const wanted = (await readSymbols(dir, manifest)).filter(
    (symbol) =>
      (!input.symbols?.length || input.symbols.includes(symbol.code)) &&
      (!input.markets || marketsWithin(symbol, input.from, input.to).some((market) => input.markets!.includes(market))),
  );
  const sessions = manifest.isIntraday ? Math.ceil((input.historyBars ?? 0) / BARS_PER_MINUTE_SESSION) : (input.historyBars ?? 0);
  const first = addDays(input.from, -Math.ceil(sessions * CALENDAR_DAYS_PER_SESSION + (sessions > 0 ? SPARE_DAYS : 0)));
  return { manifest, wanted, first };
}

/** Columns that every data folder has, and those that some have. */
const PRICES = ['open', 'high', 'low', 'close', 'volume'];
const EXTRAS = ['value', 'market_cap', 'listed_shares', 'factor'];
const namesOf = (manifest: Manifest): string[] => [...PRICES, ...EXTRAS.filter((name) => manifest.columns.includes(name))];

/**
 * Bytes that `loadColumns` would fill, from the manifest alone: 8 for each number of a row and its time, 4 for its place in the calendar.
 * A symbol's rows are taken to lie evenly between its first and last day.
 */
export async function columnsSize(dir: string, input: LoadInput): Promise<{ readonly bytes: number; readonly dataHash: string }> {
  const { manifest, wanted, first } = await planLoad(dir, input);
  let rows = 0;
  for (const symbol of wanted) {
    const [from, to] = [Math.max(epochDay(symbol.first), epochDay(first)), Math.min(epochDay(symbol.last), epochDay(input.to))];
    rows += symbol.rows * Math.max(0, (to - from + 1) / (epochDay(symbol.last) - epochDay(symbol.first) + 1));
  }
  return { bytes: Math.ceil(rows) * (8 * (namesOf(manifest).length + 1) + 4), dataHash: manifest.dataHash };
}

/** Reads bars of a data folder into columns on a shared calendar, in one query ordered by code and time. */
export async function loadColumns(dir: string, input: LoadInput): Promise<Columns> {
  const { manifest, wanted, first } = await planLoad(dir, input);
  const years = manifest.years.filter((year) => year >= Number(first.slice(0, 4)) && year <= Number(input.to.slice(0, 4)));
  if (wanted.length === 0 || years.length === 0) {
    throw new AppError('not_found', `the data in ${dir} covers ${manifest.from} to ${manifest.to} and has no bars for this request`, {
      detail: { dir },
    });
  }
  const files = years.map((year) => literal(join(dir, manifest.version, `year=${year}.parquet`))).join(', ');
  const everyone = wanted.length === manifest.symbols;
  const where = [`t >= timestamp ${literal(first)}`, `t < timestamp ${literal(addDays(input.to, 1))}`];
  if (!everyone) where.push(`code in (${wanted.map((symbol) => literal(symbol.code)).join(', ')})`);
  const from = `from read_parquet([${files}]) where ${where.join(' and ')}`;

  return withDuck(async (db) => {
    const counted = await db.runAndReadAll(`select code, count(*)::integer as n ${from} group by code order by code`);
    const counts = new Map(counted.getRows().map(([code, n]) => [code as string, n as number]));
    const symbols = wanted.filter((symbol) => counts.has(symbol.code));
    const offset = new Int32Array(symbols.length + 1);
    symbols.forEach((symbol, i) => {
      offset[i + 1] = offset[i]! + counts.get(symbol.code)!;
    });
    const rows = offset[symbols.length]!;
    if (rows === 0)
      throw new AppError('not_found', `the data in ${dir} has no bars from ${input.from} to ${input.to}`, { detail: { dir } });
    const names = namesOf(manifest);
    const minutes = new Float64Array(rows);
    const data = Object.fromEntries(names.map((name) => [name, new Float64Array(rows)]));
    const targets = [minutes, ...names.map((name) => data[name]!)];
    const list = names.map((name) => `coalesce(cast(${name} as double), 'nan'::double)`).join(', ');
    const result = await db.stream(`select cast(epoch(t) / 60 as double), ${list} ${from} order by code, t`);
    let at = 0;
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const count = chunk.rowCount; // asks the library outside JavaScript each time
      for (let i = 0; i < targets.length; i += 1) {
        const vector = chunk.getColumnVector(i);
        const target = targets[i]!;
        for (let row = 0; row < count; row += 1) target[at + row] = vector.getItem(row) as number;
      }
      at += count;
    }
    const calendar = Float64Array.from(new Set(minutes)).sort();
    return {
      times: Array.from(calendar, (minute) => timeText(minute, manifest.isIntraday)),
      symbols: symbols.map((symbol) => ({
        code: symbol.code,
        name: symbol.name,
        market: marketAt(symbol, input.from),
        ...(symbol.markets.length > 0 ? { markets: symbol.markets } : {}),
        kind: symbol.kind,
        isEnded: hasEnded(symbol, manifest, input.to),
      })),
      offset,
      time: placesIn(calendar, minutes),
      open: data.open!,
      high: data.high!,
      low: data.low!,
      close: data.close!,
      volume: data.volume!,
      value: data.value ?? null,
      marketCap: data.market_cap ?? null,
      listedShares: data.listed_shares ?? null,
      factor: data.factor ?? null,
      isAdjusted: manifest.isAdjusted,
      isIntraday: manifest.isIntraday,
      dataHash: manifest.dataHash,
    };
  });
}

/** Each row's place in the calendar. Bars of a symbol mostly follow it entry by entry, so the next one is tried before the look-up. */
function placesIn(calendar: Float64Array, minutes: Float64Array): Int32Array {
  const indexOf = new Map(Array.from(calendar, (minute, i) => [minute, i]));
  const places = new Int32Array(minutes.length);
  let place = -1;
  for (let row = 0; row < minutes.length; row += 1) {
    place = calendar[place + 1] === minutes[row] ? place + 1 : indexOf.get(minutes[row]!)!;
    places[row] = place;
  }
  return places;
}

/** Ended: its last bar of all is loaded, and it was delisted while the data ran; without listings, that bar is long before the data's end. */
function hasEnded({ last, listing }: StoredSymbol, manifest: Manifest, to: string): boolean {
  if (last > to) return false;
  return listing ? listing.delisted !== null && listing.delisted <= manifest.to : last < manifest.endedBefore;
}

function marketAt({ market, markets }: StoredSymbol, day: string): Market {
  return (markets.findLast((period) => period.since <= day) ?? markets[0])?.market ?? market;
}

/** Every market that a symbol was on between two days: who moves to another market (이전상장) counts for both, each in its time. */
function marketsWithin({ market, markets }: StoredSymbol, from: string, to: string): Market[] {
  if (markets.length === 0) return [market];
  return markets.filter(({ since }, i) => since <= to && (markets[i + 1]?.since ?? '9999-12-31') > from).map((period) => period.market);
}

/** Minutes since 1970 on a Seoul clock as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`. */
function timeText(minute: number, isIntraday: boolean): string {
  return new Date(minute * 60_000).toISOString().slice(0, isIntraday ? 16 : 10);
}
