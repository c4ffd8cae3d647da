import { grouped } from '#domain/strategy/describe-expression.ts';
import { dayOf } from '../columns.ts';
import type { Analysis } from './finding.ts';

/** Positions that a document sells before every close, and that were there the next day all the same. */
export const heldOvernight: Analysis = ({ output, leavesBeforeClose }) => {
  if (!leavesBeforeClose) return null;
  const trades = output.trades.filter(({ entryDay, exitDay }) => dayOf(entryDay) !== dayOf(exitDay)).length + output.open.length;
  if (trades === 0) return null;
  return {
    code: 'held_overnight',
    severity: 'warning',
    numbers: { trades },
    ko: `장 마감 전에 모두 파는 전략인데 ${grouped(trades)}건이 다음 날로 넘어갔습니다. 그날의 봉이 종가 동시호가 전에 끝나거나 팔 만한 거래량이 없었기 때문이며, 밤사이 손익이 섞였습니다. 마감까지의 봉이 있는 자료로 다시 실행하세요.`,
    en: `The strategy sells everything before the close, but ${grouped(trades)} positions were held overnight: that day's bars end before the closing auction, or nobody traded. Nights are in the result that should not be. Run it on data whose bars reach the close.`,
  };
};
