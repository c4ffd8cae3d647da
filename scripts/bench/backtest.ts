import type { Columns } from '#domain/backtest/columns.ts';
import { type EngineOutput, engineSteps } from '#domain/backtest/engine.ts';
import { checkLookAhead, randomSource } from '#domain/backtest/look-ahead.ts';
import { coreMetrics } from '#domain/backtest/metrics/core-metrics.ts';
import { computeSignals } from '#domain/backtest/signals.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { Bench } from './main.ts';

/** Ten years of daily bars. */
const BARS = 2450;
const SYMBOLS = 599;
const FAST = 5;
const SLOW = 20;

/** A seeded random walk on a weekday calendar: the same market in every run. */
function syntheticMarket(symbols: number): Columns {
  const random = randomSource(20240102);
  const rows = symbols * BARS;
  const [open, high, low, close, volume] = Array.from({ length: 5 }, () => new Float64Array(rows)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const time = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const t = row % BARS;
    const last = t === 0 ? 2_000 + Math.floor(random() * 80_000) : close[row - 1]!;
    open[row] = Math.max(500, Math.round((last * (0.99 + random() * 0.0201)) / 50) * 50);
    close[row] = Math.max(500, Math.round((open[row]! * (0.98 + random() * 0.0402)) / 50) * 50);
    high[row] = Math.max(open[row]!, close[row]!) + 50;
    low[row] = Math.min(open[row]!, close[row]!) - 50;
    volume[row] = 100_000 + Math.floor(random() * 900_000);
    time[row] = t;
  }
  const times = Array.from({ length: BARS }, (_, i) =>
    new Date(Date.UTC(2012, 0, 2) + (Math.floor(i / 5) * 7 + (i % 5)) * 86_400_000).toISOString().slice(0, 10),
  );
  return {
    times,
    symbols: Array.from({ length: symbols }, (_, s) => ({
      code: String(s * 10).padStart(6, '0'),
      name: '',
      market: s % 3 ? 'KOSPI' : 'KOSDAQ',
      kind: 'stock',
      isEnded: false,
    })),
    offset: Int32Array.from({ length: symbols + 1 }, (_, s) => s * BARS),
    time,
    open,
    high,
    low,
    close,
    volume,
    value: null,
    marketCap: null,
    listedShares: null,
    factor: null,
    isAdjusted: false,
    isIntraday: false,
    dataHash: 'bench',
  };
}

function crossProgram(maxPositions: number): Program {
  const average = (period: number) => ({ indicator: 'sma', args: { period } });
  const compiled = compileStrategy({
    schema: 'narae.strategy/1',
    name: 'bench',
    timeframe: '1d',
    sizing: { kind: 'equal_weight', maxPositions },
    entry: { left: average(FAST), op: 'crosses_above', right: average(SLOW) },
    exit: { left: average(FAST), op: 'crosses_below', right: average(SLOW) },
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.program;
}

/** One whole run: signals, the full rule book, trades and the core metrics. */
function runOnce(program: Program, columns: Columns): number {
  const signals = computeSignals(program, columns);
  const steps = engineSteps({
    program,
    columns,
    signals,
    start: 0,
    end: columns.times.length - 1,
    capital: 100_000_000,
    delistingHaircut: 0,
  });
  let output: EngineOutput | undefined;
  while (!output) {
    const step = steps.next();
    if (step.done) output = step.value;
  }
  const metrics = coreMetrics({
    days: columns.times,
    equity: output.equity,
    held: output.held,
    capital: 100_000_000,
    trades: output.trades,
  });
  return metrics.totalReturn.value ?? 0;
}

/** The yardstick: two running sums and one position a symbol over the same arrays; no rules, no costs, no shared cash. */
function naiveLoop({ open, close, offset, symbols }: Columns): number {
  let total = 0;
  for (let s = 0; s < symbols.length; s += 1) {
    let [fast, slow, cash, quantity, wasAbove] = [0, 0, 1_000_000, 0, false];
    const from = offset[s]!;
    for (let row = from; row < offset[s + 1]!; row += 1) {
      fast += close[row]! - (row - from >= FAST ? close[row - FAST]! : 0);
      slow += close[row]! - (row - from >= SLOW ? close[row - SLOW]! : 0);
      if (row - from < SLOW) continue;
      const isAbove = fast / FAST > slow / SLOW;
      if (isAbove !== wasAbove && row + 1 < offset[s + 1]!) {
        const price = open[row + 1]!;
        cash += quantity * price;
        quantity = isAbove ? Math.floor(cash / price) : 0;
        cash -= quantity * price;
      }
      wasAbove = isAbove;
    }
    total += cash + quantity * close[offset[s + 1]! - 1]!;
  }
  return total;
}

/** Median seconds of one call over at least `seconds` and five rounds, after a warm-up. */
function secondsOf(work: () => number, seconds: number): number {
  const times: number[] = [];
  let guard = work() + work();
  for (const begun = performance.now(); times.length < 5 || performance.now() - begun < seconds * 1000; ) {
    const at = performance.now();
    guard += work();
    times.push((performance.now() - at) / 1000);
  }
  if (Number.isNaN(guard)) throw new Error('the runs gave no figure');
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

export const bench: Bench = async (report) => {
  for (const [label, symbols, positions] of [
    ['one symbol', 1, 1],
    ['whole market', SYMBOLS, 20],
  ] as const) {
    const columns = syntheticMarket(symbols);
    const program = crossProgram(positions);
    const bars = symbols * BARS;
    const naive = secondsOf(() => naiveLoop(columns), 1);
    const ours = secondsOf(() => runOnce(program, columns), symbols === 1 ? 1 : 3);
    const baseline = { name: 'naive typed-array SMA cross', value: Number((bars / naive / 1e6).toPrecision(4)) };
    report({ name: `backtest ${label} (${symbols} × ${BARS} bars)`, value: bars / ours / 1e6, unit: 'million bars/s', baseline });
    report({
      name: `backtest ${label} ratio`,
      value: naive / ours,
      unit: 'of the naive loop',
      baseline: { name: baseline.name, value: 1 },
    });
    report({
      name: `backtest ${label} runs`,
      value: 1 / ours,
      unit: 'runs/s',
      baseline: { name: baseline.name, value: Number((1 / naive).toPrecision(4)) },
    });
    const check = secondsOf(() => checkLookAhead(program, columns, 8, 1).checked, 1);
    report({
      name: `look-ahead check ${label}`,
      value: check * 1000,
      unit: 'ms',
      baseline: { name: 'the run itself', value: Number((ours * 1000).toPrecision(4)) },
    });
  }
  report({ name: 'backtest peak memory', value: process.resourceUsage().maxRSS / 1024, unit: 'MB', baseline: null });
};
