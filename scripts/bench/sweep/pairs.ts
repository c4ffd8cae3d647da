import { spawnSync } from 'node:child_process';
import { openSweep, type SweepData } from '#domain/backtest/sweep/sweep.ts';
import { type StrategyDraft, strategyDocument } from '#domain/strategy/schema.ts';
import { contest, median, ratio } from '../backtest/contest.ts';
import type { Bench, Figure } from '../main.ts';
import { naivePairs } from './naive-pairs.ts';
import { seededSymbol } from './seeded-symbol.ts';

const BARS = 5_000;
/** Of the averages; 4,950 pairs. */
const LONGEST = 100;
const ROUNDS = 25;

type Params = Readonly<Record<string, number>>;

const average = (name: string) => ({ indicator: 'sma', args: { period: { param: name } } });
const period = { default: 10, min: 1, max: LONGEST, step: 1 };
const CROSS = {
  schema: 'narae.strategy/1',
  name: 'pairs',
  timeframe: '1d',
  params: { fast: period, slow: period },
  sizing: { kind: 'equal_weight', maxPositions: 1 },
  entry: { left: average('fast'), op: 'crosses_above', right: average('slow') },
  exit: { left: average('fast'), op: 'crosses_below', right: average('slow') },
} as const satisfies StrategyDraft;

function sweepOf(draft: StrategyDraft): SweepData {
  return { document: strategyDocument.parse(draft), columns: seededSymbol(BARS), start: 0, end: BARS - 1, capital: 100_000_000 };
}

function sweepPairs(data: SweepData): number {
  const runCell = openSweep(data);
  let guard = 0;
  for (let fast = 1; fast < LONGEST; fast += 1) {
    for (let slow = fast + 1; slow <= LONGEST; slow += 1) {
      const { metrics } = runCell({ fast, slow });
      guard += metrics.totalReturn.value! + metrics.maxDrawdown.value! + metrics.sharpe.value!;
    }
  }
  return guard;
}

/** Ten thousand sets of four parameters: averages, an RSI that must be above its level, and a stop that the engine has to look at. */
const MANY = {
  ...CROSS,
  params: { fast: period, slow: period, level: { ...period, max: 60 }, loss: { default: 0.05, min: 0.01, max: 0.2, step: 0.01 } },
  entry: { all: [CROSS.entry, { left: { indicator: 'rsi', args: { period: 14 } }, op: '>', right: { param: 'level' } }] },
  stops: { loss: { param: 'loss' } },
} as const satisfies StrategyDraft;

function* manyParams(): Generator<Params> {
  for (let fast = 1; fast <= 10; fast += 1)
    for (let slow = 20; slow < 70; slow += 5)
      for (let level = 30; level < 60; level += 3) for (let loss = 1; loss <= 10; loss += 1) yield { fast, slow, level, loss: loss / 100 };
}

/** Seconds to the first ten cells and to all of them, opened afresh. */
function manySeconds(): { first: number; all: number } {
  const at = performance.now();
  const runCell = openSweep(sweepOf(MANY));
  let first = 0;
  let done = 0;
  for (const params of manyParams()) {
    runCell(params);
    done += 1;
    if (done === 10) first = performance.now() - at;
  }
  return { first: first / 1000, all: (performance.now() - at) / 1000 };
}

/** The sweep in a process of its own, for its memory. */
export const alone: Bench = async (report) => {
  sweepPairs(sweepOf(CROSS));
  report({ name: 'pairs peak memory', value: process.resourceUsage().maxRSS / 1024, unit: 'MB', baseline: null });
};

/** The parameter sets in a process of their own, where nothing is warm; the value is what all of them took. */
export const setsAlone: Bench = async (report) => {
  const { first, all } = manySeconds();
  report({ name: 'ten thousand sets', value: all, unit: 's', baseline: null, details: { first_ten_cells_ms: first * 1000 } });
};

function inItsOwnProcess(bench: string): Figure {
  return JSON.parse(spawnSync(process.execPath, [process.argv[1]!, bench], { encoding: 'utf8' }).stdout) as Figure;
}

export const bench: Bench = async (report) => {
  const data = sweepOf(CROSS);
  const seconds = contest({ naive: () => naivePairs(data.columns, LONGEST), sweep: () => sweepPairs(data) }, ROUNDS);
  const memory = inItsOwnProcess('pairs-alone');
  const many = inItsOwnProcess('sets-alone');
  report({
    name: `sweep.pairs (${(LONGEST * (LONGEST - 1)) / 2} SMA pairs × ${BARS} bars: return, drawdown, Sharpe)`,
    value: median(seconds.sweep),
    unit: 's',
    baseline: { name: 'naive typed-array loop with the same three figures, no rules', value: median(seconds.naive) },
    details: {
      of_naive_time: ratio(seconds.sweep, seconds.naive),
      of_naive_time_wanted: 1.5,
      seconds_wanted: 0.3,
      best_of_naive_time: Math.min(...seconds.sweep) / Math.min(...seconds.naive),
      peak_memory_mb: memory.value,
      peak_memory_mb_wanted: 400,
      ten_thousand_sets_on_one_core_s: many.value,
      ten_thousand_sets_on_two_cores_s_wanted: 5,
      first_ten_cells_cold_ms: many.details!.first_ten_cells_ms!,
      first_cells_ms_wanted: 300,
    },
  });
};
