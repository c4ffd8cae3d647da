import { percent } from '#domain/strategy/describe-expression.ts';
import type { Analysis } from './finding.ts';

/** A quarter of a year; a shorter run has no figures per year that still stretches could spoil. */
const ENOUGH_SESSIONS = 60;

/** Equity stood still for more than a quarter of the run in one stretch. */
export const flatEquity: Analysis = ({ output, days, equity, capital }) => {
  const count = equity.length;
  if (count < ENOUGH_SESSIONS || output.trades.length + output.open.length === 0) return null;
  let [longest, last, still] = [0, 0, 0];
  for (let i = 0; i < count; i += 1) {
    still = equity[i] === (i === 0 ? capital : equity[i - 1]) ? still + 1 : 0;
    if (still > longest) [longest, last] = [still, i];
  }
  if (longest * 4 <= count) return null;
  const [from, to] = [days[last - longest + 1]!, days[last]!];
  return {
    code: 'flat_equity',
    severity: 'warning',
    numbers: { sessions: longest, share: longest / count, from, to },
    ko: `${from}부터 ${to}까지 ${longest}거래일(전체의 ${percent(longest / count)}) 동안 자산이 1원도 움직이지 않았습니다. 쉬는 날이 변동성과 낙폭을 실제보다 작아 보이게 합니다. 그 기간의 자료와 매수 조건을 확인하거나 기간을 줄이세요.`,
    en: `Equity did not move by a won for ${longest} sessions from ${from} to ${to} (${percent(longest / count)} of the run). Idle days make volatility and drawdown look better than they are. Check the data and the entry conditions there, or shorten the period.`,
  };
};
