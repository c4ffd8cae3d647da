import { type Columns, dayOf } from '#domain/backtest/columns.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { hashOf } from '#domain/hash.ts';
import { exp, log, pow } from '#domain/math.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bollingerReversion } from '#domain/strategy/templates/bollinger-reversion.ts';
import { dualMomentum } from '#domain/strategy/templates/dual-momentum.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { ichimokuTrend } from '#domain/strategy/templates/ichimoku-trend.ts';
import { macdCross } from '#domain/strategy/templates/macd-cross.ts';
import { minuteMomentum } from '#domain/strategy/templates/minute-momentum.ts';
import { rsiReversal } from '#domain/strategy/templates/rsi-reversal.ts';
import { smallCapMomentum } from '#domain/strategy/templates/small-cap-momentum.ts';
import { stochasticReversal } from '#domain/strategy/templates/stochastic-reversal.ts';
import { supertrendFollow } from '#domain/strategy/templates/supertrend-follow.ts';
import { turtle } from '#domain/strategy/templates/turtle.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { adjustedDays, drawnDays, drawnMinutes } from './engine-market.ts';

/** Nothing here needs Node: the same file runs in every engine that must agree. */
interface EngineRun {
  readonly name: string;
  readonly document: StrategyDraft;
  readonly columns: (seed: number) => Columns;
  readonly params?: Readonly<Record<string, number>>;
}

const cross = goldenCross.document;
const FAST = { fast: 5, slow: 20 };
const RUNS: readonly EngineRun[] = [
  { name: 'golden cross over a split', document: cross, columns: drawnDays, params: FAST },
  { name: 'RSI reversal', document: rsiReversal.document, columns: drawnDays, params: { oversold: 45, recovered: 55 } },
  { name: 'Bollinger reversion', document: bollingerReversion.document, columns: drawnDays },
  { name: 'MACD on adjusted prices', document: macdCross.document, columns: adjustedDays },
  { name: 'turtle with its ATR stop', document: turtle.document, columns: drawnDays },
  {
    name: 'volatility target with market impact',
    document: {
      ...cross,
      sizing: { kind: 'volatility_target', volatility: 0.15, period: 20, maxPositions: 5 },
      costs: { slippage: { kind: 'impact', value: 0.1 } },
    },
    columns: drawnDays,
    params: FAST,
  },
  { name: 'small-cap momentum by rank', document: smallCapMomentum.document, columns: drawnDays },
  {
    name: 'dual momentum kept at its weights',
    document: { ...dualMomentum.document, sizing: { kind: 'weights', rebalance: 'monthly', tolerance: 0.05, maxPositions: 4 } },
    columns: drawnDays,
    params: { days: 60 },
  },
  {
    name: 'supertrend with limits at the close',
    document: {
      ...supertrendFollow.document,
      execution: { at: 'next_close', orderType: 'limit', limitOffsetTicks: 3, participation: 0.01 },
      stops: { loss: 0.05, profit: 0.1, trailing: 0.06 },
    },
    columns: drawnDays,
  },
  { name: 'weeks', document: { ...cross, timeframe: '1w', stops: { maxBars: 4 } }, columns: drawnDays, params: FAST },
  { name: 'stochastic reversal', document: stochasticReversal.document, columns: drawnDays },
  { name: 'ichimoku on adjusted prices', document: ichimokuTrend.document, columns: adjustedDays },
  { name: 'minutes', document: minuteMomentum.document, columns: drawnMinutes },
  { name: 'five minutes made of minutes', document: { ...minuteMomentum.document, timeframe: '5m' }, columns: drawnMinutes },
];

export interface EngineHash {
  readonly name: string;
  readonly hash: string;
  /** Round trips: a run without any would prove little. */
  readonly trades: number;
}

/** Every run's hash, and one of exp, log and pow over drawn numbers. */
export async function engineHashes(): Promise<EngineHash[]> {
  const hashes: EngineHash[] = [];
  for (const [i, { name, document, columns: draw, params = {} }] of RUNS.entries()) {
    const columns = draw(i + 1);
    const first = columns.times[columns.isIntraday ? 0 : 60]!;
    const outcome = await runBacktest({
      document,
      params,
      columns,
      from: dayOf(first),
      to: dayOf(columns.times.at(-1)!),
      capital: 100_000_000,
      seed: i + 1,
      delistingHaircut: 0.3,
    });
    if (!outcome.ok) throw new Error(`${name}: ${outcome.faults.map((fault) => `${fault.path}: ${fault.en}`).join(' ')}`);
    hashes.push({ name, hash: outcome.result.hash, trades: outcome.result.trades.length });
  }
  return [...hashes, { name: 'exp, log and pow', hash: hashOf(drawnPowers()), trades: 0 }];
}

/** Values where engines' own functions are known to differ in the last place, and many between. */
function drawnPowers(): number[] {
  const random = randomSource(7);
  return Array.from({ length: 2_000 }, () => {
    const [x, y] = [random() * 40 - 20, random() * 1_000 + 1e-9];
    return [exp(x), log(y), pow(y, x / 10)];
  }).flat();
}
