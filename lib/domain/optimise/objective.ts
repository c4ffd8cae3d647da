import type { CoreMetrics } from '#domain/backtest/metrics/core-metrics.ts';
import type { CellResult } from './cell-result.ts';

/** What a search can look for; of each of them more is better (drawdowns are below zero). */
export const OBJECTIVES = ['sharpe', 'sortino', 'calmar', 'cagr', 'totalReturn', 'maxDrawdown', 'profitFactor', 'winRate'] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** As many round trips as the win rate itself wants: fewer say nothing about trading, however fine their figures. */
export const MIN_TRADES = 10;

export interface Aim {
  readonly objective: Objective;
  /** A period with fewer round trips has no value. */
  readonly minTrades: number;
}

/** The value of the objective in one period; null where there is none, or too few trades to believe it. */
export function objectiveOf(metrics: CoreMetrics | null, { objective, minTrades }: Aim): number | null {
  if (metrics === null || (metrics.trades.value ?? 0) < minTrades) return null;
  return objective === 'calmar' ? calmarOf(metrics) : metrics[objective].value;
}

/** The figure of a report (metrics/definitions.ts), from the two it is made of. */
function calmarOf({ cagr, maxDrawdown }: CoreMetrics): number | null {
  const { value: fall } = maxDrawdown;
  return cagr.value === null || fall === null || fall === 0 ? null : cagr.value / -fall;
}

/** The cells that have a value in training, the best first; of equal ones the earlier in the grid. */
export function rankedCells(cells: readonly CellResult[], aim: Aim): CellResult[] {
  return cells
    .map((cell) => ({ cell, value: objectiveOf(cell.train, aim) }))
    .filter((entry): entry is { cell: CellResult; value: number } => entry.value !== null)
    .sort((a, b) => b.value - a.value || a.cell.cell - b.cell.cell)
    .map(({ cell }) => cell);
}
