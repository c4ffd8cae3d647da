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
/** First and last calendar entry that counts. */
type Period = Pick<SweepData, 'start' | 'end'>;
type OverPeriods = Omit<SweepData, 'start' | 'end'>;
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
  const runCell = openPeriods(data, [data]);
  return (params) => runCell(params)[0]!;
}

/** The same over several periods of the same bars, each begun flat with the full capital: their signals are found once. */
export function openPeriods(data: OverPeriods, periods: readonly Period[]): (params: Params) => SweepCell[] {
  const program = programs(data.document)({});
  // Whether a document can be swept does not depend on its parameters.
  const refusal = sweepSupport(program, data.columns, data.mask ?? NO_MASK);
  return refusal ? asCells(data, 'event', byEvents(data, periods)) : asCells(data, 'sweep', onLane(data, periods, program));
}

/** The same by the engine, bar by bar, whatever the document is: what the sweep path is measured by. */
export function runByEvents(data: SweepData): (params: Params) => SweepCell {
  const runCell = asCells(data, 'event', byEvents(data, [data]));
  return (params) => runCell(params)[0]!;
}

function asCells(data: OverPeriods, path: SweepCell['path'], measure: (program: Program) => Measured[]): (params: Params) => SweepCell[] {
  const programOf = programs(data.document);
  return (params) =>
    measure(programOf(params)).map(({ metrics, trades, totals, tradeList }) => ({
      params,
      path,
      metrics,
      trades,
      totals,
      tradeList: data.wantsTrades ? tradeList : null,
    }));
}

function programs(document: StrategyDocument): (params: Params) => Program {
  const compile = strategyCompiler(document);
  return (params) => {
    const compiled = compile(params);
    if (!compiled.ok) throw new RangeError(compiled.faults[0]!.en);
    return compiled.program;
  };
}

const sessionDays = (columns: Columns, { start, end }: Period) => lastOfDays(columns, start, end).map((t) => dayOf(columns.times[t]!));

function onLane(data: OverPeriods, periods: readonly Period[], program: Program): (program: Program) => Measured[] {
  const { document, columns, capital, mask = NO_MASK, delistingHaircut = 0, wantsTrades = false } = data;
  const lane = laneOf(pickSymbols(columns, allowedSymbols(program, columns, mask)), document);
  const cells = new LaneCells(lane, mask);
  const runners = periods.map(
    ({ start, end }) =>
      new LaneRunner(lane, { start, end, years: yearsOf(sessionDays(columns, { start, end })), capital, delistingHaircut }, wantsTrades),
  );
  return (each) => {
    const cell = cells.cell(each);
    return runners.map((runner) => runner.run(cell));
  };
}

/** Rows beyond which cells share no columns: those of a whole market would not fit in memory. */
const MOST_SHARED_ROWS = 500_000;

function byEvents(data: OverPeriods, periods: readonly Period[]): (program: Program) => Measured[] {
  const { columns, capital, mask = NO_MASK, delistingHaircut = 0 } = data;
  const known = periods.map((period) => ({
    ...period,
    closes: lastOfDays(columns, period.start, period.end),
    days: sessionDays(columns, period),
  }));
  let evaluators: Evaluator[] = [];
  const shared = (s: number) => (evaluators[s] ??= new Evaluator(adjustedBars(columns, s)));
  return (program) => {
    if (evaluators.reduce((sum, { kept }) => sum + kept, 0) > MOST_KEPT_VALUES) evaluators = [];
    const signals = computeSignals(program, columns, mask, columns.time.length > MOST_SHARED_ROWS ? undefined : shared);
    return known.map(({ start, end, closes, days }) => {
      const steps = engineSteps({ program, columns, signals, start, end, capital, delistingHaircut });
      let step = steps.next();
      while (!step.done) step = steps.next();
      const { equity, held, trades, totals } = step.value;
      const metrics = coreMetrics({ days, equity: Float64Array.from(closes, (t) => equity[t - start]!), held, capital, trades });
      return { metrics, trades: trades.length, totals, tradeList: trades };
    });
  };
}
