import { grouped, percent } from '#domain/strategy/describe-expression.ts';
import type { Analysis } from './finding.ts';

/** Costs took more than half of the profit before them. */
export const costsEat: Analysis = ({ output, equity, capital }) => {
  const { commission, tax, slippage } = output.totals;
  const costs = commission + tax + slippage;
  const gross = Math.round(equity.at(-1)! - capital) + costs;
  if (gross <= 0 || costs * 2 <= gross) return null;
  const share = costs / gross;
  return {
    code: 'costs_eat',
    severity: 'warning',
    numbers: { costs, gross, share },
    ko: `비용 전 이익 ${grouped(gross)}원 가운데 ${percent(share)}(${grouped(costs)}원)를 수수료·거래세·미끄러짐이 가져갔습니다. 체결이 조금만 나빠져도 손실로 바뀝니다. 거래 횟수를 줄이거나 더 오래 보유하는 조건을 시험하세요.`,
    en: `Commission, tax and slippage took ${percent(share)} (${grouped(costs)} won) of a profit of ${grouped(gross)} won before costs. Slightly worse fills turn it into a loss. Try fewer trades or longer holds.`,
  };
};
