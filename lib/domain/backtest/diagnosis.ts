import { TAX_ERAS } from '#domain/market/fees-and-tax.ts';
import { LIMIT_ERAS } from '#domain/market/price-limit.ts';
import { tickEras } from '#domain/market/ticks.ts';
import type { Columns } from './columns.ts';
import type { EngineOutput } from './engine.ts';
import type { LookAheadReport } from './look-ahead.ts';

/** Something a reader must know before believing a result. */
export interface Diagnosis {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly ko: string;
  readonly en: string;
}

const FEW_TRADES = 30;
/** One trade in twenty decided by a guess is worth a word. */
const AMBIGUOUS_SHARE = 0.05;
const COST_SHARE = 0.5;

export interface DiagnosisInput {
  readonly columns: Columns;
  readonly output: EngineOutput;
  readonly capital: number;
  readonly from: string;
  readonly lookAhead: LookAheadReport;
}

/** The first questions a sceptic asks. */
export function diagnose({ columns, output, capital, from, lookAhead }: DiagnosisInput): Diagnosis[] {
  const { trades, counts, totals } = output;
  const found: Diagnosis[] = [];
  const add = (code: string, severity: Diagnosis['severity'], ko: string, en: string) => found.push({ code, severity, ko, en });
  if (lookAhead.verdict === 'leak')
    add(
      'look_ahead',
      'error',
      '미래 데이터를 본 신호가 있습니다. 이 결과를 믿지 마세요.',
      'A signal changed with later data. Do not believe this result.',
    );
  if (trades.length === 0)
    add(
      'no_trades',
      'warning',
      '거래가 한 번도 없었습니다. 조건이 너무 엄격하거나 기간이 짧습니다.',
      'Nothing was traded. The conditions are too strict or the period too short.',
    );
  else if (trades.length < FEW_TRADES)
    add(
      'few_trades',
      'warning',
      `거래가 ${trades.length}번뿐이라 결과가 우연일 수 있습니다.`,
      `Only ${trades.length} trades: the result may be chance.`,
    );
  const costs = totals.commission + totals.tax + totals.slippage;
  const gross = output.equity.at(-1)! - capital + costs;
  if (gross > 0 && costs > gross * COST_SHARE)
    add('costs_eat', 'warning', '비용이 비용 전 이익의 절반을 넘습니다.', 'Costs eat more than half of the profit before costs.');
  if (counts.stopsAmbiguous > trades.length * AMBIGUOUS_SHARE) {
    add(
      'ambiguous_stops',
      'info',
      `한 봉에서 손절과 익절이 함께 닿은 경우가 ${counts.stopsAmbiguous}번 있어 모두 손절로 처리했습니다.`,
      `${counts.stopsAmbiguous} bars touched stop and target; the stop was taken each time.`,
    );
  }
  if (columns.isAdjusted) {
    add(
      'adjusted_only',
      'info',
      '수정주가만 있는 자료라 호가 단위와 금액은 근삿값입니다.',
      'The data has adjusted prices only, so ticks and money are approximate.',
    );
  } else if (!columns.factor) {
    add(
      'raw_without_factors',
      'warning',
      '수정계수가 없는 원주가라 액면분할이 급락으로 보일 수 있습니다.',
      'Raw prices without adjustment factors: a split looks like a crash.',
    );
  }
  const unsourced = unsourcedRules(columns, from);
  if (unsourced.length > 0)
    add(
      'unsourced_rules',
      'info',
      `이 기간의 다음 규칙은 문서로 확인하지 못했습니다: ${unsourced.map((rule) => rule.ko).join(', ')}.`,
      `These rules of the period are not backed by a document: ${unsourced.map((rule) => rule.en).join(', ')}.`,
    );
  return found;
}

/** Names of rule tables that were in force in the period and rest on general knowledge only. */
function unsourcedRules(columns: Columns, from: string): { ko: string; en: string }[] {
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
