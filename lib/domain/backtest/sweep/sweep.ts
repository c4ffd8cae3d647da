import { type Program, strategyCompiler } from '#domain/strategy/compile.ts';
import { Evaluator } from '#domain/strategy/evaluate.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { type Columns, dayOf, lastOfDays } from '../columns.ts';
import { engineSteps } from '../engine.ts';
import { pickSymbols } from '../look-ahead.ts';
import { type CoreMetrics, coreMetrics } from '../metrics/core-metrics.ts';
import { yearsOf } from '../metrics/equity-figures.ts';
import type { Trade } from '../position.ts';
import type { Totals } from '../run-state.ts';
import { adjustedBars, computeSignals, NO_MASK, type UniverseMask } from '../signals.ts';
import { laneOf } from './lane.ts';
import { LaneCells, MOST_KEPT_VALUES } from './lane-cells.ts';
import { LaneRunner } from './lane-run.ts';
import { allowedSymbols, sweepSupport } from './sweep-support.ts';

type Params = Readonly<Record<string, number>>;

export interface SweepData {
  readonly document: StrategyDocument;
  /** Bars of the document's timeframe, with the warm-up before `start`. */
  readonly columns: Columns;
  /** First and last calendar entry that counts. */
  readonly start: number;
  readonly end: number;
  /** Whole won. */
  readonly capital: number;
  readonly mask?: UniverseMask;
  /** Share of the last price lost when a delisted position is closed; 0 unless told. */
  readonly delistingHaircut?: number;
  /** Every trade is told, not only how many there were. */
  readonly wantsTrades?: boolean;
}
export interface SweepInput extends SweepData {
  /** Parameter sets; what a set leaves out has its default. */
  readonly cells: readonly Params[];
}

/** What one set of parameters gave: figures equal to the bit, whichever path they came by. */
export interface SweepCell {
  readonly params: Params;
  readonly path: 'sweep' | 'event';
  readonly metrics: CoreMetrics;
  /** Round trips. */
  readonly trades: number;
  readonly totals: Totals;
  /** Null unless asked for. */
  readonly tradeList: readonly Trade[] | null;
}
type Measured = Omit<SweepCell, 'params' | 'path' | 'tradeList'> & { readonly tradeList: readonly Trade[] };

/**
 * Runs one document with many sets of parameters, in the order given; yields the share done after each. A set that the document does
 * not allow throws a RangeError.
 */
export function* sweepSteps({ cells, ...data }: SweepInput): Generator<number, SweepCell[]> {
  const runCell = openSweep(data);
  const done: SweepCell[] = [];
  for (const params of cells) {
    done.push(runCell(params));
    yield done.length / cells.length;
  }
  return done;
}

/** The same for a caller that wants each cell as it comes: what the cells share is kept between calls. */
export function openSweep(data: SweepData): (params: Params) => SweepCell {
  const programOf = programs(data.document);
  // Whether a document can be swept does not depend on its parameters.
  const refusal = sweepSupport(programOf({}), data.columns, data.mask ?? NO_MASK);
  return refusal ? runByEvents(data) : asCells(data, 'sweep', onLane(data, programOf({})));
}

/** The same by the engine, bar by bar, whatever the document is: what the sweep path is measured by. */
export function runByEvents(data: SweepData): (params: Params) => SweepCell {
  return asCells(data, 'event', byEvents(data));
}

function asCells(data: SweepData, path: SweepCell['path'], measure: (program: Program) => Measured): (params: Params) => SweepCell {
  const programOf = programs(data.document);
  return (params) => {
    const { tradeList, ...figures } = measure(programOf(params));
    return { params, path, ...figures, tradeList: data.wantsTrades ? tradeList : null };
  };
}

function programs(document: StrategyDocument): (params: Params) => Program {
  const compile = strategyCompiler(document);
  return (params) => {
    const compiled = compile(params);
    if (!compiled.ok) throw new RangeError(compiled.faults[0]!.en);
    return compiled.program;
  };
}

const sessionDays = ({ columns, start, end }: SweepData) => lastOfDays(columns, start, end).map((t) => dayOf(columns.times[t]!));

function onLane(data: SweepData, program: Program): (program: Program) => Measured {
  const { document, columns, start, end, capital, mask = NO_MASK, delistingHaircut = 0, wantsTrades = false } = data;
  const lane = laneOf(pickSymbols(columns, allowedSymbols(program, columns, mask)), document);
  const cells = new LaneCells(lane, mask);
  const runner = new LaneRunner(lane, { start, end, years: yearsOf(sessionDays(data)), capital, delistingHaircut }, wantsTrades);
  return (each) => runner.run(cells.cell(each));
}

/** Rows beyond which cells share no columns: those of a whole market would not fit in memory. */
const MOST_SHARED_ROWS = 500_000;

function byEvents(data: SweepData): (program: Program) => Measured {
  const { columns, start, end, capital, mask = NO_MASK, delistingHaircut = 0 } = data;
  const closes = lastOfDays(columns, start, end);
  const days = sessionDays(data);
  let evaluators: Evaluator[] = [];
  const shared = (s: number) => (evaluators[s] ??= new Evaluator(adjustedBars(columns, s)));
  return (program) => {
    if (evaluators.reduce((sum, { kept }) => sum + kept, 0) > MOST_KEPT_VALUES) evaluators = [];
    const signals = computeSignals(program, columns, mask, columns.time.length > MOST_SHARED_ROWS ? undefined : shared);
    const steps = engineSteps({ program, columns, signals, start, end, capital, delistingHaircut });
    let step = steps.next();
    while (!step.done) step = steps.next();
    const { equity, held, trades, totals } = step.value;
    const metrics = coreMetrics({ days, equity: Float64Array.from(closes, (t) => equity[t - start]!), held, capital, trades });
    return { metrics, trades: trades.length, totals, tradeList: trades };
  };
}
