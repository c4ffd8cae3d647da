import { randomSource } from '#domain/backtest/look-ahead.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { TEMPLATES } from '#domain/strategy/templates/list.ts';
import type { StoredSymbol } from '#nas/backtest/manifest.ts';

/** What both engines are asked: one symbol, one stretch of its bars, one document. */
export interface DrawnRun {
  readonly template: string;
  readonly code: string;
  /** First and last row that count, of the symbol's own bars. */
  readonly start: number;
  readonly end: number;
  readonly params: Readonly<Record<string, number>>;
  readonly document: StrategyDraft;
}

/** Templates whose words the other engine knows, and how their numbers are drawn. */
const KINDS: readonly { readonly id: string; readonly params: (random: () => number) => Record<string, number> }[] = [
  { id: 'golden-cross', params: (random) => ({ fast: between(random, 3, 30), slow: between(random, 7, 24) * 5 }) },
  { id: 'rsi-reversal', params: (random) => ({ oversold: between(random, 25, 40), recovered: between(random, 50, 70) }) },
  { id: 'bollinger-reversion', params: (random) => ({ period: between(random, 10, 40), width: 2 }) },
  { id: 'fifty-two-week-high', params: (random) => ({ days: between(random, 60, 252), exitDays: between(random, 2, 12) * 5 }) },
  { id: 'macd-cross', params: (random) => ({ fast: between(random, 8, 14), slow: between(random, 20, 32) }) },
  { id: 'aligned-averages', params: () => ({}) },
];

const LEAST_WARM_UP = 300;
const LEAST_BARS = 500;

/** Whole number of `[from, to]`. */
function between(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** Draws runs: half spend a fixed amount and pay a sales tax, half put nine tenths of the equity into each trade. */
export function drawRuns(symbols: readonly StoredSymbol[], count: number, seed: number): readonly DrawnRun[] {
  const random = randomSource(seed);
  const usable = symbols.filter(({ rows }) => rows >= LEAST_WARM_UP + LEAST_BARS);
  return Array.from({ length: count }, (_, n): DrawnRun => {
    const { code, rows } = usable[between(random, 0, usable.length - 1)]!;
    const kind = KINDS[between(random, 0, KINDS.length - 1)]!;
    const { document } = TEMPLATES.find(({ id }) => id === kind.id)!;
    const start = between(random, LEAST_WARM_UP, rows - LEAST_BARS);
    const end = between(random, start + LEAST_BARS - 1, rows - 1);
    const loss = between(random, 4, 15) / 100;
    return {
      template: kind.id,
      code,
      start,
      end,
      params: kind.params(random),
      document: {
        ...document,
        universe: { symbols: [code as never] },
        stops: [{}, { loss }, { loss, profit: loss * 2 }, { loss, maxBars: between(random, 5, 60) }][n % 4]!,
        sizing:
          n % 2 === 0
            ? { kind: 'fixed_amount', amount: 1_000_000, maxPositions: 1 }
            : { kind: 'percent_equity', percent: 0.9, maxPositions: 1 },
        execution: { participation: 1 },
        costs: { commissionRate: 0.00015, tax: n % 2 === 0 ? { rate: 0.0023 } : 'none', slippage: { kind: 'none' } },
      },
    };
  });
}
