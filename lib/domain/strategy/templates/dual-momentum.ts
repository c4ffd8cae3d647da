import type { StrategyTemplate } from './template.ts';

export const dualMomentum: StrategyTemplate = {
  id: 'dual-momentum',
  ko: {
    name: '듀얼 모멘텀',
    about:
      '한 달에 한 번 1년 수익률이 높은 종목을 고르고, 1년과 6개월 수익률이 모두 0보다 클 때만 사서 6개월 수익률이 꺾이면 팝니다. 강한 종목을 오래 들고 가며, 추세가 급히 바뀌면 늦습니다.',
  },
  en: {
    name: 'Dual momentum',
    about:
      'Once a month takes the stocks with the best year, only while that year and its last six months are positive, and sells when six months turn negative. It holds winners long and is late when markets turn fast.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '듀얼 모멘텀',
    timeframe: '1d',
    params: { days: { default: 240, min: 60, max: 480, step: 20, ko: '모멘텀 기간(일)', en: 'Momentum (days)' } },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'roc', args: { period: { param: 'days' } } }, order: 'desc', limit: 20 },
      refresh: 'monthly',
    },
    entry: {
      all: [
        { left: { indicator: 'roc', args: { period: { param: 'days' } } }, op: '>', right: 0 },
        // Without it the best of the year would be bought on every day after its six months had it sold.
        { left: { indicator: 'roc', args: { period: 120 } }, op: '>', right: 0 },
      ],
    },
    exit: { left: { indicator: 'roc', args: { period: 120 } }, op: '<', right: 0 },
    stops: { loss: 0.15 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
