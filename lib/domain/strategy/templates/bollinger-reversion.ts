import type { StrategyTemplate } from './template.ts';

export const bollingerReversion: StrategyTemplate = {
  id: 'bollinger-reversion',
  ko: {
    name: '볼린저 밴드 회귀',
    about:
      '종가가 볼린저 하단 밖으로 나갔다가 다시 안으로 들어오면 사고, 중심선에 닿으면 팝니다. 옆으로 움직이는 장에서 벌고, 한 방향으로 무너지는 장에서는 손절이 잦아집니다.',
  },
  en: {
    name: 'Bollinger reversion',
    about:
      'Buys when the close returns inside the lower Bollinger band and sells at the middle line. It earns in sideways markets and is stopped out often when a market falls in one direction.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '볼린저 밴드 회귀',
    timeframe: '1d',
    params: {
      period: { default: 20, min: 5, max: 120, step: 1, ko: '기간(일)', en: 'Period (days)' },
      width: { default: 2, min: 0.5, max: 4, step: 0.1, ko: '밴드 폭(표준편차)', en: 'Width (deviations)' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      left: { field: 'close' },
      op: 'crosses_above',
      right: { indicator: 'bollinger', output: 'lower', args: { period: { param: 'period' }, deviations: { param: 'width' } } },
    },
    exit: {
      left: { field: 'close' },
      op: '>=',
      right: { indicator: 'bollinger', output: 'middle', args: { period: { param: 'period' }, deviations: { param: 'width' } } },
    },
    stops: { loss: 0.07, maxBars: 30 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
