import { columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import type { DiagnosisInput } from '#domain/backtest/diagnosis/finding.ts';
import type { EngineOutput, OpenPosition } from '#domain/backtest/engine.ts';
import type { Trade } from '#domain/backtest/position.ts';
import { NO_ORDERS } from '#domain/backtest/run-state.ts';
import { aTrade, weekdays } from './example-run.ts';

export const CAPITAL = 1_000_000;
export const SYMBOLS = ['000010', '000020', '000030'];

/** What a test is about; the rest of the run is quiet. */
export interface RunFacts {
  readonly days?: readonly string[];
  readonly equity?: readonly number[];
  readonly trades?: readonly Trade[];
  readonly open?: readonly OpenPosition[];
  readonly counts?: Partial<EngineOutput['counts']>;
  readonly totals?: Partial<EngineOutput['totals']>;
  readonly lookAhead?: DiagnosisInput['lookAhead'];
  /** Days on which the first symbol did not trade, and its factor by day. */
  readonly silent?: readonly string[];
  readonly factor?: (day: string) => number;
  readonly participation?: number;
  readonly unsourced?: DiagnosisInput['unsourced'];
  readonly leavesBeforeClose?: boolean;
  readonly isAuctionBelieved?: boolean;
}

/** A run of three symbols that all stand at 1,000 won with 1,000 shares a day, and of which nothing is to be told but the facts. */
export function aDiagnosedRun(facts: RunFacts = {}): DiagnosisInput {
  const days = facts.days ?? weekdays(40);
  const columns = columnsFromBars({
    symbols: SYMBOLS.map((code) => ({ code, market: 'KOSPI' as const, name: '이름' })),
    bars: SYMBOLS.flatMap((code) =>
      days.map((time) => {
        const volume = code === SYMBOLS[0] && facts.silent?.includes(time) ? 0 : 1_000;
        return { code, time, open: 1000, high: 1000, low: 1000, close: 1000, volume, factor: facts.factor?.(time) ?? 1 };
      }),
    ),
    isAdjusted: false,
    dataHash: 'd'.repeat(64),
  });
  const equity = Float64Array.from(facts.equity ?? days.map((_, i) => CAPITAL + (i % 2)));
  const trades = facts.trades ?? manyTrades(30);
  const output = {
    equity,
    cash: equity,
    held: Int32Array.from(days, () => 1),
    trades,
    open: facts.open ?? [],
    counts: {
      ...NO_ORDERS,
      entriesFilled: trades.length,
      exitsFilled: trades.length,
      ...facts.counts,
    },
    totals: { bought: 0, sold: 0, commission: 0, tax: 0, slippage: 0, ...facts.totals },
  } satisfies EngineOutput;
  const lookAhead = facts.lookAhead ?? { checked: 8, verdict: 'clean', firstLeak: null };
  return {
    columns,
    output,
    days,
    equity,
    capital: CAPITAL,
    participation: facts.participation ?? 0.1,
    lookAhead,
    unsourced: facts.unsourced ?? [],
    leavesBeforeClose: facts.leavesBeforeClose ?? false,
    isAuctionBelieved: facts.isAuctionBelieved ?? false,
  };
}

/** Losses and gains by turns over the symbols, which together make a small loss: nobody made the result. */
export const manyTrades = (count: number): Trade[] =>
  Array.from({ length: count }, (_, i) =>
    aTrade({ symbol: SYMBOLS[i % 3]!, pnl: i % 2 === 0 ? -20 : 10, entryDay: '2020-01-07', exitDay: '2020-01-10' }),
  );
