import { grouped } from '#domain/strategy/describe-expression.ts';
import { type Columns, dayOf } from '../columns.ts';
import { rowFinder } from './fill-rows.ts';
import type { Analysis } from './finding.ts';

/** A price is stale when it is older than a week of trading. */
const FRESH_SESSIONS = 5;
/** One price in twenty may be stale before it is worth a word. */
const STALE_ONE_IN = 20;

/**
 * Prices nobody could have traded at then: fills decided on a price more than five sessions old (a halt, a hole in the data),
 * delisted positions closed at their last price, and positions still open whose last price is that old.
 */
export const staleFills: Analysis = ({ columns, output, days }) => {
  const rowAt = rowFinder(columns);
  const session = sessionsOf(columns);
  const symbolStart = new Map(columns.symbols.map(({ code }, s) => [code, columns.offset[s]!]));
  const end = columns.times.findLastIndex((time) => dayOf(time) <= days.at(-1)!);
  /** Sessions from the last trade before this row to it; 0 in a symbol's first session. */
  const silenceBefore = (symbol: string, row: number) => {
    const before = lastTraded(columns, row - 1, symbolStart.get(symbol)!);
    return before < 0 ? 0 : session[columns.time[row]!]! - session[columns.time[before]!]!;
  };
  let [silent, delisted, marks] = [0, 0, 0];
  for (const { symbol, entryDay, exitDay, exitReason } of output.trades) {
    if (silenceBefore(symbol, rowAt(symbol, entryDay)) > FRESH_SESSIONS) silent += 1;
    if (exitReason === 'delisted') delisted += 1;
    else if (silenceBefore(symbol, rowAt(symbol, exitDay)) > FRESH_SESSIONS) silent += 1;
  }
  for (const { symbol } of output.open) {
    const last = lastTraded(columns, rowAt(symbol, columns.times[end]!), symbolStart.get(symbol)!);
    if (last >= 0 && session[end]! - session[columns.time[last]!]! > FRESH_SESSIONS) marks += 1;
  }
  const stale = silent + delisted + marks;
  const prices = output.trades.length * 2 + output.open.length;
  if (stale * STALE_ONE_IN <= prices) return null;
  return {
    code: 'stale_fills',
    severity: 'warning',
    numbers: { stale, prices, silent, delisted, marks },
    ko: `가격 ${grouped(prices)}개 가운데 ${grouped(stale)}개가 오래된 값입니다: ${FRESH_SESSIONS}거래일 넘게 거래가 끊긴 뒤의 체결 ${silent}, 상장폐지 정리 ${delisted}, 멈춘 종목의 평가 ${marks}. 그 값에는 실제로 사고팔 수 없었을 수 있습니다. 거래대금 조건을 더하거나 자료의 빈 곳을 확인하세요.`,
    en: `${grouped(stale)} of ${grouped(prices)} prices are stale: ${silent} fills after more than ${FRESH_SESSIONS} sessions without a trade, ${delisted} delistings, ${marks} open positions in silent symbols. Nobody may have traded there. Add a filter on traded value or look for holes in the data.`,
  };
};

/** The last row of a symbol with volume, at or before a row; −1 without one. */
function lastTraded(columns: Columns, row: number, first: number): number {
  let at = row;
  while (at >= first && !(columns.volume[at]! > 0)) at -= 1;
  return at < first ? -1 : at;
}

/** The number of the session of each calendar entry. */
function sessionsOf({ times }: Columns): Int32Array {
  const session = new Int32Array(times.length);
  for (let t = 1; t < times.length; t += 1) session[t] = session[t - 1]! + (dayOf(times[t]!) === dayOf(times[t - 1]!) ? 0 : 1);
  return session;
}
