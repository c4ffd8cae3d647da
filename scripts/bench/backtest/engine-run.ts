import type { Columns } from '#domain/backtest/columns.ts';
import { type EngineOutput, engineSteps } from '#domain/backtest/engine.ts';
import { coreMetrics } from '#domain/backtest/metrics/core-metrics.ts';
import { yearsOf } from '#domain/backtest/metrics/equity-figures.ts';
import { computeSignals, NO_MASK } from '#domain/backtest/signals.ts';
import { laneOf } from '#domain/backtest/sweep/lane.ts';
import { LaneCells } from '#domain/backtest/sweep/lane-cells.ts';
import { LaneRunner } from '#domain/backtest/sweep/lane-run.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';

/** Bars of the two averages whose cross every contender trades. */
export const FAST = 5;
export const SLOW = 20;
const CAPITAL = 100_000_000;

/** The cross as a document; candidates for several slots compete by momentum. */
export function crossProgram(maxPositions: number): Program {
  const average = (period: number) => ({ indicator: 'sma', args: { period } });
  const compiled = compileStrategy({
    schema: 'narae.strategy/1',
    name: 'bench',
    timeframe: '1d',
    ...(maxPositions > 1 ? { universe: { rank: { by: { indicator: 'roc', args: { period: SLOW } }, order: 'desc' } } } : {}),
    sizing: { kind: 'equal_weight', maxPositions },
    entry: { left: average(FAST), op: 'crosses_above', right: average(SLOW) },
    exit: { left: average(FAST), op: 'crosses_below', right: average(SLOW) },
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.program;
}

/** Milliseconds that runs have spent so far in each of their parts. */
export interface Spent {
  signals: number;
  loop: number;
  metrics: number;
}

/** One whole run: signals, the full rule book with its trades, and the ten core metrics. Returns the total return. */
export function runOnce(program: Program, columns: Columns, spent: Spent): number {
  const begun = performance.now();
  const signals = computeSignals(program, columns);
  const signalled = performance.now();
  const { equity, held, trades } = simulate(program, columns, signals);
  const simulated = performance.now();
  const metrics = coreMetrics({ days: columns.times, equity, held, capital: CAPITAL, trades });
  spent.signals += signalled - begun;
  spent.loop += simulated - signalled;
  spent.metrics += performance.now() - simulated;
  return metrics.totalReturn.value!;
}

/**
 * The same by the sweep path, which tells the same trades and figures to the bit: nothing is kept from run to run but the rule book laid
 * over the bars, as the engine keeps its rule days with them. Returns the total return.
 */
export function sweptRun(program: Program, columns: Columns): () => number {
  const lane = laneOf(columns, program.document);
  const period = { start: 0, end: columns.times.length - 1, years: yearsOf(columns.times), capital: CAPITAL, delistingHaircut: 0 };
  const runner = new LaneRunner(lane, period, true);
  const cells = new LaneCells(lane, NO_MASK);
  return () => {
    cells.forget();
    return runner.run(cells.cell(program)).metrics.totalReturn.value!;
  };
}

function simulate(program: Program, columns: Columns, signals: ReturnType<typeof computeSignals>): EngineOutput {
  const end = columns.times.length - 1;
  const steps = engineSteps({ program, columns, signals, start: 0, end, capital: CAPITAL, delistingHaircut: 0 });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
