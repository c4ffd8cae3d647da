import { epochDay } from '../columns.ts';

/**
 * How deep and how long equity was below its highs; the capital is the first of them, as if it had been reached in the first session.
 * One walk: `high` is the level, `highAt` its last session, `bottom` the deepest session of the current fall, −1 outside one.
 */
export function drawdownFigures(days: readonly string[], equity: Float64Array, capital: number) {
  const count = equity.length;
  let deepest = { high: 0, bottom: 0, depth: 0, back: 0 };
  let high = capital;
  let highAt = 0;
  let bottom = -1;
  let depth = 0;
  let falls = 0;
  let depths = 0;
  let squares = 0;
  let longest = 0;
  for (let i = 0; i <= count; i += 1) {
    const value = i < count ? equity[i]! : Number.POSITIVE_INFINITY; // the end closes a fall that has not come back
    if (value < high) {
      const drawdown = value / high - 1;
      squares += drawdown * drawdown;
      if (drawdown < depth) {
        bottom = i;
        depth = drawdown;
      }
      continue;
    }
    if (bottom >= 0) {
      falls += 1;
      depths += depth;
      longest = Math.max(longest, daysBetween(days, highAt, i - 1));
      if (depth < deepest.depth) deepest = { high: highAt, bottom, depth, back: i };
    }
    high = value;
    highAt = i;
    bottom = -1;
    depth = 0;
  }
  return {
    falls,
    maxDrawdown: deepest.depth,
    maxDrawdownDays: longest,
    deepestFallDays: falls > 0 ? daysBetween(days, deepest.high, deepest.bottom) : Number.NaN,
    recoveryDays: falls > 0 && deepest.back < count ? daysBetween(days, deepest.bottom, deepest.back) : Number.NaN,
    averageDrawdown: depths / falls,
    ulcer: Math.sqrt(squares / count),
  };
}

function daysBetween(days: readonly string[], from: number, to: number): number {
  return epochDay(days[to]!) - epochDay(days[from]!);
}
