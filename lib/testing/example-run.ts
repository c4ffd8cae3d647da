import type { MetricInput } from '#domain/backtest/metrics.ts';
import type { Trade } from '#domain/backtest/position.ts';

/** A round trip for tests: bought at 1,000 won, sold with this profit; say only what the test is about. */
export function aTrade(facts: Partial<Trade> & Pick<Trade, 'pnl'>): Trade {
  return {
    symbol: '000010',
    quantity: 1,
    entryDay: '2020-01-02',
    entryPrice: 1000,
    exitDay: '2020-01-09',
    exitPrice: 1000 + facts.pnl,
    commission: 0,
    tax: 0,
    slippage: 0,
    returnRate: facts.pnl / 1000,
    barsHeld: 5,
    mae: 0,
    mfe: 0,
    entryReason: 'entry_signal',
    exitReason: 'exit_signal',
    ...facts,
  };
}

/** Monday to Friday, from the Monday `first` on. */
export function weekdays(count: number, first = '2020-01-06'): string[] {
  return Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(first) + (Math.floor(i / 5) * 7 + (i % 5)) * 86_400_000).toISOString().slice(0, 10),
  );
}

/** A run of one bar a weekday with this equity, for tests: 0, 1, 2, 0, … positions held. */
export function aRun(equity: readonly number[], trades: readonly Trade[] = [], capital = 1000): MetricInput {
  return {
    days: weekdays(equity.length),
    equity: Float64Array.from(equity),
    held: Int32Array.from(equity, (_, i) => i % 3),
    capital,
    trades,
    totals: { bought: 4000, sold: 6000, commission: 3, tax: 7, slippage: 11 },
  };
}
