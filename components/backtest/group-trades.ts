import type { TradeView } from '#lib/db/backtests.ts';

/** Trades that share a symbol or a reason, summed. */
export interface TradeGroup {
  readonly key: string;
  readonly trades: number;
  readonly wins: number;
  readonly pnl: number;
  readonly averageReturn: number;
  readonly averageBars: number;
}

/** Groups by what `keyOf` says, the largest profit first. */
export function groupTrades(trades: readonly TradeView[], keyOf: (trade: TradeView) => string): TradeGroup[] {
  const groups = new Map<string, { trades: number; wins: number; pnl: number; returns: number; bars: number }>();
  for (const trade of trades) {
    const key = keyOf(trade);
    const group = groups.get(key) ?? { trades: 0, wins: 0, pnl: 0, returns: 0, bars: 0 };
    group.trades += 1;
    if (trade.pnl > 0) group.wins += 1;
    group.pnl += trade.pnl;
    group.returns += trade.returnRate;
    group.bars += trade.barsHeld;
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, { trades: count, wins, pnl, returns, bars }]) => ({
      key,
      trades: count,
      wins,
      pnl,
      averageReturn: returns / count,
      averageBars: bars / count,
    }))
    .sort((a, b) => b.pnl - a.pnl || (a.key < b.key ? -1 : 1));
}

/** Compounded return of each year. */
export function yearsOf(months: readonly (readonly [string, number])[]): { year: string; rate: number }[] {
  const growth = new Map<string, number>();
  for (const [month, rate] of months) growth.set(month.slice(0, 4), (growth.get(month.slice(0, 4)) ?? 1) * (1 + rate));
  return [...growth].map(([year, value]) => ({ year, rate: value - 1 }));
}

const CSV_COLUMNS = [
  'symbol',
  'quantity',
  'entryDay',
  'entryPrice',
  'exitDay',
  'exitPrice',
  'pnl',
  'returnRate',
  'barsHeld',
  'commission',
  'tax',
  'slippage',
  'mae',
  'mfe',
  'exitReason',
] as const satisfies readonly (keyof TradeView)[];

/** All trades as CSV with a byte order mark, so that a spreadsheet reads it as UTF-8. Codes keep their leading zeros. */
export function tradesCsv(trades: readonly TradeView[]): string {
  const cell = (name: keyof TradeView, value: string | number) => (name === 'symbol' ? `="${value}"` : String(value));
  const rows = trades.map((trade) => CSV_COLUMNS.map((name) => cell(name, trade[name])).join(','));
  return `\uFEFF${[CSV_COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}
