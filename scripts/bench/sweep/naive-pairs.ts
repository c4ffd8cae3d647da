import type { Columns } from '#domain/backtest/columns.ts';

const SESSIONS_A_YEAR = 250;
const CAPITAL = 100_000_000;

/**
 * The yardstick: every average once by a running sum, then one walk a pair that trades at the next open and takes return, maximum
 * drawdown and Sharpe along. No rules, no costs, no trades.
 */
export function naivePairs({ open, close }: Columns, longest: number): number {
  const averages = Array.from({ length: longest + 1 }, (_, period) => average(close, period));
  let guard = 0;
  for (let fast = 1; fast < longest; fast += 1) {
    for (let slow = fast + 1; slow <= longest; slow += 1) guard += naivePair(open, close, averages[fast]!, averages[slow]!, slow);
  }
  return guard;
}

function average(close: Float64Array, period: number): Float64Array {
  const out = new Float64Array(close.length);
  let sum = 0;
  for (let i = 0; i < close.length; i += 1) {
    sum += close[i]! - (i >= period ? close[i - period]! : 0);
    out[i] = sum / period;
  }
  return out;
}

function naivePair(open: Float64Array, close: Float64Array, fast: Float64Array, slow: Float64Array, warmup: number): number {
  const count = close.length;
  let cash = CAPITAL;
  let quantity = 0;
  let equity = CAPITAL;
  let high = CAPITAL;
  let drawdown = 0;
  let sum = 0;
  let squares = 0;
  let isHeld = false;
  let isWanted = false;
  for (let i = 0; i < count; i += 1) {
    if (isWanted !== isHeld) {
      const price = open[i]!;
      cash += quantity * price;
      quantity = isWanted ? Math.floor(cash / price) : 0;
      cash -= quantity * price;
      isHeld = isWanted;
    }
    const worth = cash + quantity * close[i]!;
    const rate = worth / equity - 1;
    sum += rate;
    squares += rate * rate;
    equity = worth;
    if (worth > high) high = worth;
    else {
      const fall = worth / high - 1;
      if (fall < drawdown) drawdown = fall;
    }
    if (i >= warmup - 1) isWanted = fast[i]! > slow[i]!;
  }
  const mean = sum / count;
  const sharpe = (mean / Math.sqrt((squares - count * mean * mean) / (count - 1))) * Math.sqrt(SESSIONS_A_YEAR);
  return equity / CAPITAL - 1 + drawdown + sharpe;
}
