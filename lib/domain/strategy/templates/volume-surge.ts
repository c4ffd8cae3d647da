import type { StrategyTemplate } from './template.ts';

export const volumeSurge: StrategyTemplate = {
  id: 'volume-surge',
  ko: {
    name: '거래량 급증',
    about:
      '거래량이 평소의 몇 배로 늘며 오른 날을 보고 다음 날 사서, 5일선 아래로 내려오거나 10거래일이 지나면 팝니다. 새 관심이 몰리는 종목을 찾지만 급등 끝을 살 수 있습니다.',
  },
  en: {
    name: 'Volume surge',
    about:
      'Buys after a day that rose on several times the usual volume and sells below the five-day average or after ten sessions. It finds new interest, and sometimes the top of it.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '거래량 급증',
    timeframe: '1d',
    params: {
      surge: { default: 3, min: 1.5, max: 10, step: 0.5, ko: '거래량 배수', en: 'Volume multiple' },
      rise: { default: 0.03, min: 0.0, max: 0.15, step: 0.005, ko: '하루 상승률', en: 'Rise of the day' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'volume_ratio', args: { period: 20 } }, order: 'desc' },
    },
    entry: {
      all: [
        { left: { indicator: 'volume_ratio', args: { period: 20 } }, op: '>=', right: { param: 'surge' } },
        { left: { indicator: 'roc', args: { period: 1 } }, op: '>=', right: { param: 'rise' } },
      ],
    },
    exit: { left: { field: 'close' }, op: '<', right: { indicator: 'sma', args: { period: 5 } } },
    stops: { loss: 0.07, maxBars: 10 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
