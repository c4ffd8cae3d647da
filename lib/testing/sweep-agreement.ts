import { weeklyColumns } from '#domain/backtest/join-columns.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { NO_MASK, type UniverseMask } from '#domain/backtest/signals.ts';
import { openSweep, runByEvents } from '#domain/backtest/sweep/sweep.ts';
import { drawnStrategy } from './drawn-strategy.ts';
import { DRAWN_CODES, drawnYears } from './drawn-years.ts';

/** Documents drawn for one market: drawing a market costs more than running a document on it. */
const DOCUMENTS_A_MARKET = 5;

/** What running drawn documents by both paths gave. */
export interface Agreement {
  readonly documents: number;
  /** Of them took the sweep path. */
  readonly swept: number;
  /** Of those had a cell with twenty round trips or more. */
  readonly busy: number;
  readonly cells: number;
  /** Seeds of documents whose two paths differ in anything. */
  readonly differing: readonly number[];
}

/**
 * Draws documents and markets and runs every cell three times: by events and alone, in its sweep, and in its sweep with the trades told. Figures
 * must be equal by Object.is, totals and trades in every field.
 */
export function sweepAgreement(documents: number, isSame: (a: unknown, b: unknown) => boolean): Agreement {
  let [swept, busy, cellCount] = [0, 0, 0];
  const differing: number[] = [];
  for (let seed = 1; seed <= documents; seed += 1) {
    const random = randomSource(Math.imul(seed, 0x85ebca6b));
    const daily = drawnYears(Math.ceil(seed / DOCUMENTS_A_MARKET));
    const { document, cells } = drawnStrategy(random, DRAWN_CODES);
    const columns = document.timeframe === '1w' ? weeklyColumns(daily) : daily;
    const start = Math.floor(random() * columns.times.length * 0.2);
    const end = columns.times.length - 1 - (random() < 0.3 ? Math.floor(random() * 30) : 0);
    const mask: UniverseMask = random() < 0.1 ? { ...NO_MASK, exclude: [DRAWN_CODES[0]!] } : NO_MASK;
    const capital = 10_000_000 + Math.floor(random() * 90_000_000);
    const data = { document, columns, start, end, capital, mask, delistingHaircut: random() < 0.3 ? 0.5 : 0 };
    const sweep = openSweep(data);
    const telling = openSweep({ ...data, wantsTrades: true });
    let trades = 0;
    let path = 'event';
    for (const params of cells) {
      const [told, brief, expected] = [telling(params), sweep(params), runByEvents({ ...data, wantsTrades: true })(params)];
      path = told.path;
      trades = Math.max(trades, told.trades);
      cellCount += 1;
      const isEqual = isSame({ ...told, path: null }, { ...expected, path: null }) && isSame(brief, { ...told, tradeList: null });
      if (!isEqual && differing.at(-1) !== seed) differing.push(seed);
    }
    if (path === 'event') continue;
    swept += 1;
    if (trades >= 20) busy += 1;
  }
  return { documents, swept, busy, cells: cellCount, differing };
}
