import { addDays } from '#domain/market/day.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { Log } from '#lib/log.ts';
import type { Broker, QuoteSnapshot } from '#nas/brokers/port.ts';
import { dailyColumnsByYear, dayNumber } from './chunks.ts';
import type { MarketStore } from './store.ts';

/** The broker is away, not one symbol odd: the day's work is given up and tried again. */
const FAILURES_IN_A_ROW = 5;

interface DayDeps {
  readonly store: MarketStore;
  readonly broker: Broker;
  /** Thousands of calls: a stop ends them between two symbols. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Sessions whose mean volume is the "average volume" of the gate's share-of-volume limit (ORDERS §5). */
const AVERAGE_SESSIONS = 20;

/** Sessions of minute bars that are kept (DESIGN §6). */
const MINUTE_SESSIONS = 20;

/**
 * The beginning of a day: base prices and limits of every instrument, then the daily bars that are missing up to the session
 * before, then yesterday's minutes out. Prices come first, because orders are checked against them.
 */
export async function prepareDay(deps: DayDeps, day: TradingDay, onQuote: (quote: QuoteSnapshot) => void): Promise<void> {
  const { store, broker } = deps;
  await eachSymbol(deps, async (symbol) => {
    const quote = await broker.quote(symbol);
    await store.writeInstrument(quote, day);
    onQuote(quote);
  });
  const before = (await store.sessionBefore(day)) ?? addDays(day, -1);
  const year = Number(before.slice(0, 4));
  await eachSymbol(deps, async (symbol) => {
    const chunk = await store.readChunk(symbol, '1d', year);
    if ((chunk?.time.at(-1) ?? 0) < dayNumber(before)) await writeDays(deps, symbol, `${year}-01-01`, before);
  });
  await store.writeAverageVolumes(await averageVolumes(deps, year));
  await store.dropOldMinutes(MINUTE_SESSIONS);
}

/** Mean volume of the last sessions by symbol; in January those of the year before count too. */
async function averageVolumes({ store, signal }: DayDeps, year: number): Promise<{ symbol: string; shares: number }[]> {
  const averages: { symbol: string; shares: number }[] = [];
  for (const symbol of await store.instruments()) {
    signal.throwIfAborted();
    const volumes = [...((await store.readChunk(symbol, '1d', year))?.volume ?? [])];
    if (volumes.length < AVERAGE_SESSIONS) volumes.unshift(...((await store.readChunk(symbol, '1d', year - 1))?.volume ?? []));
    const last = volumes.slice(-AVERAGE_SESSIONS);
    if (last.length > 0) averages.push({ symbol, shares: Math.round(last.reduce((sum, shares) => sum + shares, 0) / last.length) });
  }
  return averages;
}

/** The end of a session: the day's bar of every instrument. */
export async function closeDay(deps: DayDeps, day: TradingDay): Promise<void> {
  await eachSymbol(deps, (symbol) => writeDays(deps, symbol, day, day));
}

/** One symbol after the other. One that the broker refuses is logged and left; it keeps what it had. */
async function eachSymbol({ store, signal, log }: DayDeps, turn: (symbol: Symbol) => Promise<void>): Promise<void> {
  let failures = 0;
  for (const symbol of await store.instruments()) {
    signal.throwIfAborted();
    try {
      await turn(symbol as Symbol);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures >= FAILURES_IN_A_ROW) throw error;
      log.warn({ err: error, symbol }, 'symbol left out of the day’s work');
    }
  }
}

/** Asks for whole days and writes them into the chunks of their years, where other days stay as they are. */
async function writeDays({ store, broker }: DayDeps, symbol: Symbol, from: string, to: string): Promise<void> {
  const bars = await broker.dailyBars(symbol, from as TradingDay, to as TradingDay);
  const traded = bars.filter((bar) => bar.day >= from && bar.day <= to);
  for (const [year, columns] of dailyColumnsByYear(traded)) await store.mergeDays(symbol, year, columns);
}
