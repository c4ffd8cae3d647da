import type { Columns } from '#domain/backtest/columns.ts';
import { FAST, SLOW } from './engine-run.ts';

/** The yardstick: two running sums and one position a symbol over the same arrays; no rules, no costs, no curve, no shared cash. */
export function naiveLoop({ open, close, offset, symbols }: Columns): number {
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
