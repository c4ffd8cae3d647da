import type { Rule, UnsourcedRule } from '#domain/market/rule-book.ts';
import { grouped } from '#domain/strategy/describe-expression.ts';
import type { Analysis } from './finding.ts';

/** One trade in twenty decided by a guess is worth a word. */
const AMBIGUOUS_ONE_IN = 20;

/** Bars that touched stop and target: a daily bar does not say which came first. */
export const ambiguousStops: Analysis = ({ output }) => {
  const bars = output.counts.stopsAmbiguous;
  if (bars * AMBIGUOUS_ONE_IN <= output.trades.length) return null;
  return {
    code: 'ambiguous_stops',
    severity: 'info',
    numbers: { bars, trades: output.trades.length },
    ko: `한 봉에서 손절과 익절이 함께 닿은 경우가 ${bars}번 있어 모두 손절로 처리했습니다. 실제 결과는 이보다 나을 수 있습니다. 분봉으로 시험하면 순서를 알 수 있습니다.`,
    en: `${bars} bars touched stop and target; the stop was taken each time, so the truth may be better. Minute bars would tell the order.`,
  };
};

/** Orders into the closing auction need bars that reach it. */
export const missingAuctions: Analysis = ({ output }) => {
  const days = output.counts.auctionsMissing ?? 0;
  if (days === 0) return null;
  return {
    code: 'missing_auctions',
    severity: 'warning',
    numbers: { days },
    ko: `종가 동시호가에 주문하는 전략인데 주문이 있던 날 가운데 ${grouped(days)}일은 분봉 자료가 동시호가 전에 끝나 주문이 체결되지 않았습니다. 종가 동시호가까지의 봉이 있는 자료로 다시 실행하세요.`,
    en: `The strategy orders into the closing auction, but on ${grouped(days)} days with orders the minute bars end before it, so nothing was filled then. Run it on data whose bars reach the closing auction.`,
  };
};

/** A long bar from its source may end at 15:20 or at 15:30. */
export const believedAuctions: Analysis = ({ isAuctionBelieved }) =>
  isAuctionBelieved
    ? {
        code: 'believed_auctions',
        severity: 'info',
        numbers: {},
        ko: '하루의 마지막 봉이 종가 동시호가 전 시간까지 담고 있어 동시호가가 들어 있는지 알 수 없습니다. 들어 있다고 보고 그 종가에 체결했습니다. 더 짧은 분봉 자료로 실행하면 확실해집니다.',
        en: "The day's last bar covers the minutes before the closing auction as well, so nobody can tell whether it holds the auction. It was believed to, and orders were filled at its close. Shorter bars would settle it.",
      }
    : null;

/** What the prices cannot tell. */
export const priceData: Analysis = ({ columns }) => {
  if (columns.isAdjusted)
    return {
      code: 'adjusted_only',
      severity: 'info',
      numbers: {},
      ko: '수정주가만 있는 자료라 호가 단위와 금액은 근삿값입니다. 원주가와 수정계수가 있는 자료를 가져오면 정확해집니다.',
      en: 'The data has adjusted prices only, so ticks and money are approximate. Import raw prices with factors to have them exact.',
    };
  if (columns.factor) return null;
  return {
    code: 'raw_without_factors',
    severity: 'warning',
    numbers: {},
    ko: '수정계수가 없는 원주가라 액면분할이 급락으로 보일 수 있습니다. 수정계수를 함께 가져오세요.',
    en: 'Raw prices without adjustment factors: a split looks like a crash. Import the factors too.',
  };
};

const RULE_NAMES: Readonly<Record<Rule, { readonly ko: string; readonly en: string }>> = {
  tick_size: { ko: '호가단위', en: 'tick size' },
  price_limit: { ko: '가격제한폭', en: 'price limits' },
  fund_price_limit: { ko: '레버리지 상품의 가격제한폭', en: 'price limits of leveraged funds' },
  transaction_tax: { ko: '거래세', en: 'transaction tax' },
  session_hours: { ko: '거래시간이 다른 날', en: 'days with other hours' },
};

/** Rule tables in force in the period that rest on general knowledge only, each with its days. */
export const unsourcedInRun: Analysis = ({ unsourced }) => {
  if (unsourced.length === 0) return null;
  const name = (language: 'ko' | 'en') =>
    unsourced
      .map(({ rule, market, from, to }) => `${market === null ? '' : `${market} `}${RULE_NAMES[rule][language]} (${from}~${to})`)
      .join(', ');
  return {
    code: 'unsourced_rules',
    severity: 'info',
    numbers: { rules: new Set(unsourced.map(({ rule }: UnsourcedRule) => rule)).size },
    ko: `이 기간의 다음 규칙은 문서로 확인하지 못했습니다: ${name('ko')}. 체결가와 비용이 조금 다를 수 있습니다.`,
    en: `These rules of the period are not backed by a document: ${name('en')}. Fills and costs may differ a little.`,
  };
};
