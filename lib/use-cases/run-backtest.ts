import { isAuctionBelieved } from '#domain/backtest/closing-auction.ts';
import { type Columns, dayOf, lastOfDays, missingFields } from '#domain/backtest/columns.ts';
import { diagnose } from '#domain/backtest/diagnosis.ts';
import { type EngineOutput, engineSteps } from '#domain/backtest/engine.ts';
import { minuteColumns, weeklyColumns } from '#domain/backtest/join-columns.ts';
import { checkLookAhead } from '#domain/backtest/look-ahead.ts';
import { computeMetrics } from '#domain/backtest/metrics.ts';
import { type BacktestResult, ENGINE_VERSION, monthlyReturns, withHash } from '#domain/backtest/result.ts';
import { withdrawableCash } from '#domain/backtest/settled-cash.ts';
import { NO_MASK, signalSteps, type UniverseMask } from '#domain/backtest/signals.ts';
import { unsourcedRules } from '#domain/market/rule-book.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { Fault } from '#domain/strategy/fault.ts';

export interface BacktestInput {
  /** A strategy document (`narae.strategy/1`), unchecked. */
  readonly document: unknown;
  readonly params?: Readonly<Record<string, number>>;
  /** Bars including the warm-up before `from`, of the document's timeframe or shorter ones that it can be made of. */
  readonly columns: Columns;
  /** First and last day that count, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Whole won. */
  readonly capital: number;
  readonly mask?: UniverseMask;
  readonly seed?: number;
  /** Share of the last price lost when a delisted position is closed; 0 unless told. */
  readonly delistingHaircut?: number;
}

export interface RunOptions {
  /** Share done, 0–1; called at most about 20 times a second. */
  readonly onProgress?: (done: number) => void;
  /** Checked between steps, together with progress. */
  readonly signal?: AbortSignal;
  /** How long the run may keep the thread before it reports and lets others in; 50 ms unless told. */
  readonly breathMs?: number;
}

export type BacktestOutcome =
  | { readonly ok: true; readonly result: BacktestResult }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** How long the run may keep the thread before it lets timers, messages and the abort signal in. */
const BREATH_MS = 50;
/** Truncation points of the look-ahead check. */
const LOOK_AHEAD_POINTS = 8;
/** Where the bar stands after signals, the loop and the checks. */
const SHARE = { signals: 0.55, loop: 0.4 };

/**
 * Compiles, evaluates, simulates, measures and checks one strategy. Pure but for breathing: the result depends on the input only.
 * Throws the signal's reason when cancelled.
 */
export async function runBacktest(input: BacktestInput, options: RunOptions = {}): Promise<BacktestOutcome> {
  const compiled = compileStrategy(input.document, input.params);
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  const { mask = NO_MASK, seed = 1 } = input;
  const columns = barsOf(program, input.columns);
  const start = columns.times.findIndex((time) => dayOf(time) >= input.from);
  const end = columns.times.findLastIndex((time) => dayOf(time) <= input.to);
  const faults = inputFaults({ ...input, columns }, program, start, end);
  if (faults.length > 0) return { ok: false, faults };

  const pace = breather(options);
  const signals = await drive(signalSteps(program, columns, mask), (done) => pace(done * SHARE.signals));
  const engine = engineSteps({
    program,
    columns,
    signals,
    start,
    end,
    capital: input.capital,
    delistingHaircut: input.delistingHaircut ?? 0,
  });
  const output = await drive(engine, (done) => pace(SHARE.signals + done * SHARE.loop));
  const lookAhead = checkLookAhead(program, columns, LOOK_AHEAD_POINTS, seed, mask);
  options.onProgress?.(1);
  return { ok: true, result: assemble({ ...input, columns }, program, { start, end, output, lookAhead }) };
}

/** The bars of the document's timeframe: weeks are made of days, longer minutes of shorter ones that divide them. */
export function barsOf({ document: { timeframe } }: Program, columns: Columns): Columns {
  if (!columns.isIntraday) return timeframe === '1w' ? weeklyColumns(columns) : columns;
  const [wanted, given] = [timeframe.endsWith('m') ? Number(timeframe.slice(0, -1)) : 0, barMinutes(columns)];
  return wanted > given && wanted % given === 0 ? minuteColumns(columns, wanted) : columns;
}

/** Why a program cannot run on these bars, of its own timeframe already; `start` and `end` are the calendar entries of `from` and `to`. */
export function inputFaults(
  { columns, capital, from, to }: Pick<BacktestInput, 'columns' | 'capital' | 'from' | 'to'>,
  program: Program,
  start: number,
  end: number,
): Fault[] {
  const faults: Fault[] = [];
  if (!Number.isSafeInteger(capital) || capital < 1)
    faults.push({
      code: 'capital',
      path: 'capital',
      ko: '투자금은 1원 이상의 정수여야 합니다.',
      en: 'Capital must be a whole number of won, at least 1.',
    });
  if (start < 0 || end < start)
    faults.push({
      code: 'no_bars',
      path: 'from',
      ko: `${from}부터 ${to}까지의 시세가 없습니다. 기간을 바꾸거나 데이터를 가져오세요.`,
      en: `There are no bars from ${from} to ${to}. Change the period or import data.`,
    });
  for (const field of missingFields(columns, program.fields))
    faults.push({
      code: 'field_not_in_data',
      path: field,
      ko: `이 데이터에는 '${field}' 값이 없어 전략을 실행할 수 없습니다.`,
      en: `This data has no '${field}', which the strategy reads.`,
    });
  const { timeframe } = program.document;
  const given = columns.isIntraday ? `${barMinutes(columns)}m` : columns.sessions ? '1w' : '1d';
  if (given !== timeframe) {
    faults.push({
      code: 'timeframe',
      path: 'timeframe',
      ko: `전략의 봉 주기(${timeframe})와 데이터의 봉 주기(${given})가 다릅니다.`,
      en: `The strategy wants ${timeframe} bars, the data has ${given} bars.`,
    });
  }
  return faults;
}

/** The shortest step between two bars of one day, in minutes. */
function barMinutes({ times }: Columns): number {
  let shortest = Number.POSITIVE_INFINITY;
  const minute = (time: string) => Number(time.slice(11, 13)) * 60 + Number(time.slice(14, 16));
  for (let t = 1; t < times.length; t += 1) {
    if (dayOf(times[t]!) === dayOf(times[t - 1]!)) shortest = Math.min(shortest, minute(times[t]!) - minute(times[t - 1]!));
  }
  return shortest;
}

/** Runs steps to the end, pausing when `pace` asks for it. */
async function drive<T>(steps: Generator<number, T>, pace: (done: number) => Promise<void> | null): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const pause = pace(step.value);
    if (pause) await pause;
  }
}

function breather({ onProgress, signal, breathMs = BREATH_MS }: RunOptions): (done: number) => Promise<void> | null {
  signal?.throwIfAborted();
  let last = performance.now();
  return (done) => {
    if (performance.now() - last < breathMs) return null;
    last = performance.now();
    onProgress?.(done);
    return new Promise((resolve) => setTimeout(resolve, 0)).then(() => signal?.throwIfAborted());
  };
}

interface Parts {
  readonly start: number;
  readonly end: number;
  readonly output: EngineOutput;
  readonly lookAhead: BacktestResult['lookAhead'];
}

function assemble(input: BacktestInput, program: Program, { start, end, output, lookAhead }: Parts): BacktestResult {
  const { columns, capital } = input;
  const { document } = program;
  // One point a session.
  const lastOfDay = lastOfDays(columns, start, end);
  const days = lastOfDay.map((t) => dayOf(columns.times[t]!));
  const equity = Float64Array.from(lastOfDay, (t) => output.equity[t - start]!);
  const cash = Float64Array.from(lastOfDay, (t) => output.cash[t - start]!);
  const unsourced = unsourcedRules({
    from: days[0]!,
    to: days.at(-1)!,
    symbols: columns.symbols.flatMap(({ kind, market, markets = [{ market }] }) =>
      markets.map((period) => ({ kind, market: period.market })),
    ),
    isTaxByLaw: document.costs.tax === 'krx',
    isIntraday: columns.isIntraday,
  });
  let high = capital;
  const points = days.map((day, i) => {
    high = Math.max(high, equity[i]!);
    return [day, equity[i]!, equity[i]! / high - 1] as const;
  });
  return withHash({
    engine: ENGINE_VERSION,
    inputs: {
      strategyHash: program.strategyHash,
      dataHash: columns.dataHash,
      strategyName: document.name,
      timeframe: document.timeframe,
      from: days[0]!,
      to: days.at(-1)!,
      capital,
      params: program.params,
      mask: input.mask ?? NO_MASK,
      seed: input.seed ?? 1,
      symbols: columns.symbols.length,
      bars: columns.time.length,
      isAdjusted: columns.isAdjusted,
      rules: {
        ...document.costs,
        ...document.execution,
        ticksAndLimits: 'krx',
        delistingHaircut: input.delistingHaircut ?? 0,
        ...(unsourced.length > 0 ? { unsourced } : {}),
      },
    },
    metrics: computeMetrics({ days, equity, held: output.held, capital, trades: output.trades, totals: output.totals }),
    equity: points,
    months: monthlyReturns(days, equity, capital),
    trades: output.trades,
    open: output.open,
    orders: output.counts,
    lookAhead,
    withdrawable: withdrawableCash(days, cash, capital, columns.sessions ? 1 : 2),
    diagnosis: diagnose({
      columns,
      output,
      days,
      equity,
      capital,
      participation: document.execution.participation,
      leavesBeforeClose: document.sessions.exitAllBeforeClose,
      isAuctionBelieved: isAuctionBelieved(program, columns),
      lookAhead,
      unsourced,
    }),
  });
}
