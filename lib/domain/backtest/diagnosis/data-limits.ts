import { TAX_ERAS } from '#domain/market/fees-and-tax.ts';
import { LIMIT_ERAS } from '#domain/market/price-limit.ts';
import { tickEras } from '#domain/market/ticks.ts';
import type { Columns } from '../columns.ts';
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

/** Rule tables in force in the period that rest on general knowledge only. */
export const unsourcedRules: Analysis = ({ columns, days }) => {
  const rules = doubtfulRules(columns, days[0]!);
  if (rules.length === 0) return null;
  return {
    code: 'unsourced_rules',
    severity: 'info',
    numbers: { rules: rules.length },
    ko: `이 기간의 다음 규칙은 문서로 확인하지 못했습니다: ${rules.map((rule) => rule.ko).join(', ')}. 체결가와 비용이 조금 다를 수 있습니다.`,
    en: `These rules of the period are not backed by a document: ${rules.map((rule) => rule.en).join(', ')}. Fills and costs may differ a little.`,
  };
};

function doubtfulRules(columns: Columns, from: string): { ko: string; en: string }[] {
  const markets = [...new Set(columns.symbols.map((symbol) => symbol.market))];
  const kinds = [...new Set(columns.symbols.map((symbol) => symbol.kind))];
  const isDoubtful = (eras: readonly { since: string; isSourced: boolean }[]) =>
    eras.some((era, i) => !era.isSourced && (eras[i - 1]?.since ?? '9999') > from && era.since <= columns.times.at(-1)!);
  const names: { ko: string; en: string }[] = [];
  if (markets.some((market) => kinds.some((kind) => isDoubtful(tickEras(kind, market))))) names.push({ ko: '호가단위', en: 'tick size' });
  if (markets.some((market) => isDoubtful(LIMIT_ERAS[market]))) names.push({ ko: '가격제한폭', en: 'price limits' });
  if (isDoubtful(TAX_ERAS)) names.push({ ko: '거래세', en: 'transaction tax' });
  return names;
}
