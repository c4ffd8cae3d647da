import { type BarRow, type BarSymbol, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { type EngineOutput, engineSteps } from '#domain/backtest/engine.ts';
import { weeklyColumns } from '#domain/backtest/join-columns.ts';
import { computeSignals } from '#domain/backtest/signals.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';

/** Runs small enough to work with a pencil: a table of bars in, the engine's output out. */

export const KOSPI_A: BarSymbol = { code: '000010', market: 'KOSPI' };
export const NO_COSTS: Pick<StrategyDraft, 'costs'> = { costs: { commissionRate: 0, tax: 'none', slippage: { kind: 'none' } } };

/** A bar as a row of the table; a million shares trade unless told. */
export type Ohlcv = readonly [day: string, open: number, high: number, low: number, close: number, volume?: number];

/** A bar in which every trade was at one price. */
export const flat = (day: string, price: number, volume?: number): Ohlcv => [day, price, price, price, price, volume];

export const bars = (code: string, rows: readonly Ohlcv[]): BarRow[] =>
  rows.map(([time, open, high, low, close, volume = 1_000_000]) => ({ code, time, open, high, low, close, volume }));

/** Buys when the close is 10,000 and sells when it is 11,000: signals that a pencil can place. */
export function pencilProgram(changes: Partial<StrategyDraft> = {}): Program {
  const compiled = compileStrategy({
    schema: 'narae.strategy/1',
    name: 'pencil',
    timeframe: '1d',
    entry: { left: { field: 'close' }, op: '==', right: 10_000 },
    exit: { left: { field: 'close' }, op: '==', right: 11_000 },
    sizing: { kind: 'equal_weight', maxPositions: 1 },
    execution: { participation: 1 },
    ...changes,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.program;
}

export interface PencilSetup {
  readonly symbols?: readonly BarSymbol[];
  readonly bars: readonly BarRow[];
  /** Won; a million unless told. */
  readonly capital?: number;
  readonly program?: Program;
  readonly isAdjusted?: boolean;
  readonly delistingHaircut?: number;
  /** The daily bars are joined into weeks first. */
  readonly isWeekly?: boolean;
}

export function pencilRun({
  symbols = [KOSPI_A],
  bars,
  capital = 1_000_000,
  program = pencilProgram(),
  isAdjusted = false,
  delistingHaircut = 0,
  isWeekly = false,
}: PencilSetup): EngineOutput {
  const given = columnsFromBars({ bars, symbols, isAdjusted, dataHash: 'test' });
  const columns = isWeekly ? weeklyColumns(given) : given;
  const steps = engineSteps({
    program,
    columns,
    signals: computeSignals(program, columns),
    start: 0,
    end: columns.times.length - 1,
    capital,
    delistingHaircut,
  });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
