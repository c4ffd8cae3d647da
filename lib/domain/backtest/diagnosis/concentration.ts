import { grouped, percent } from '#domain/strategy/describe-expression.ts';
import { monthlyReturns } from '../result.ts';
import type { Analysis } from './finding.ts';

/** In a shorter run one month is half of the result by itself. */
const ENOUGH_MONTHS = 6;

/** More than half of the profit came from one of several symbols, open positions at their last price included. */
export const oneSymbol: Analysis = ({ columns, output }) => {
  const profits = new Map<string, number>();
  const add = (symbol: string, won: number) => profits.set(symbol, (profits.get(symbol) ?? 0) + won);
  for (const { symbol, pnl } of output.trades) add(symbol, pnl);
  for (const { symbol, quantity, entryPrice, lastPrice } of output.open) add(symbol, Math.round((lastPrice - entryPrice) * quantity));
  const found = profits.size < 2 ? null : largestOverHalf(profits);
  if (!found) return null;
  const { key: code, won, rest, share } = found;
  const name = `${columns.symbols.find((symbol) => symbol.code === code)!.name} ${code}`.trim(); // some data has no names
  return {
    code: 'one_symbol',
    severity: 'warning',
    numbers: { symbol: code, won, rest, share, symbols: profits.size },
    ko: `이익의 ${percent(share)}가 한 종목(${name}, ${grouped(won)}원)에서 나왔습니다. 이 종목을 빼면 나머지 ${profits.size - 1}종목의 손익은 ${grouped(rest)}원이라, 같은 종목이 또 나오지 않으면 되풀이되지 않습니다. 그 종목을 제외하고 다시 실행해 보세요.`,
    en: `${percent(share)} of the profit came from one symbol (${name}, ${grouped(won)} won). Without it the other ${profits.size - 1} made ${grouped(rest)} won, so the result needs such a symbol again. Exclude it and run once more.`,
  };
};

/** More than half of the profit came in one month. */
export const oneMonth: Analysis = ({ days, equity, capital }) => {
  const profits = new Map<string, number>();
  let base = capital;
  for (const [month, rate] of monthlyReturns(days, equity, capital)) {
    const won = Math.round(base * rate);
    profits.set(month, won);
    base += won;
  }
  const found = profits.size < ENOUGH_MONTHS ? null : largestOverHalf(profits);
  if (!found) return null;
  const { key: month, won, rest, share } = found;
  return {
    code: 'one_month',
    severity: 'warning',
    numbers: { month, won, rest, share, months: profits.size },
    ko: `이익의 ${percent(share)}가 한 달(${month}, ${grouped(won)}원)에 나왔습니다. 나머지 ${profits.size - 1}달의 손익은 ${grouped(rest)}원이라, 그런 달이 또 오지 않으면 되풀이되지 않습니다. 그달을 뺀 기간으로 다시 실행해 보세요.`,
    en: `${percent(share)} of the profit came in one month (${month}, ${grouped(won)} won). The other ${profits.size - 1} months made ${grouped(rest)} won, so the result needs such a month again. Run it over a period without that month.`,
  };
};

/** The largest part of a profit when it is more than half of it; null for a loss. */
function largestOverHalf(parts: ReadonlyMap<string, number>) {
  let total = 0;
  let [key, won] = ['', Number.NEGATIVE_INFINITY];
  for (const [part, value] of parts) {
    total += value;
    if (value > won) [key, won] = [part, value];
  }
  return total > 0 && won * 2 > total ? { key, won, rest: total - won, share: won / total } : null;
}
