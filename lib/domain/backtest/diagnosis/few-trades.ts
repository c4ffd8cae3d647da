import type { Analysis } from './finding.ts';

/** Below thirty observations a mean is not told from chance by the usual tests. */
const ENOUGH_TRADES = 30;

/** Too few round trips to tell skill from chance. */
export const fewTrades: Analysis = ({ output }) => {
  const trades = output.trades.length;
  const numbers = { trades, needed: ENOUGH_TRADES };
  if (trades === 0 && output.open.length === 0)
    return {
      code: 'no_trades',
      severity: 'warning',
      numbers,
      ko: '거래가 한 번도 없어 이 전략에 대해 말해 주는 것이 없습니다. 조건이 너무 엄격하거나 기간이 짧습니다. 조건을 느슨하게 하거나 기간을 넓히세요.',
      en: 'Nothing was traded, so the run says nothing about the strategy. The conditions are too strict or the period too short: loosen them or widen it.',
    };
  if (trades >= ENOUGH_TRADES) return null;
  return {
    code: 'few_trades',
    severity: 'warning',
    numbers,
    ko: `끝난 거래가 ${trades}번뿐입니다. ${ENOUGH_TRADES}번이 안 되면 실력과 우연을 가릴 수 없습니다. 기간이나 종목을 넓혀 다시 실행하세요.`,
    en: `Only ${trades} trades ended. Below ${ENOUGH_TRADES}, skill cannot be told from chance. Run it over a longer period or more symbols.`,
  };
};
