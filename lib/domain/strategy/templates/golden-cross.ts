import type { StrategyTemplate } from './template.ts';

export const goldenCross: StrategyTemplate = {
  id: 'golden-cross',
  ko: {
    name: '골든크로스',
    about:
      '단기 이동평균이 장기 이동평균을 위로 뚫으면 사고, 아래로 뚫으면 팝니다. 추세가 길게 이어질 때 벌고, 옆으로 움직이는 장에서는 잦은 매매로 잃기 쉽습니다.',
  },
  en: {
    name: 'Golden cross',
    about:
      'Buys when the short moving average rises through the long one and sells when it falls back through it. It earns in long trends and loses to frequent turns in flat markets.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '골든크로스',
    timeframe: '1d',
    params: {
      fast: { default: 20, min: 2, max: 60, step: 1, ko: '단기 이동평균(일)', en: 'Short average (days)' },
      slow: { default: 60, min: 5, max: 250, step: 5, ko: '장기 이동평균(일)', en: 'Long average (days)' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      refresh: 'monthly',
    },
    entry: {
      left: { indicator: 'sma', args: { period: { param: 'fast' } } },
      op: 'crosses_above',
      right: { indicator: 'sma', args: { period: { param: 'slow' } } },
    },
    exit: {
      left: { indicator: 'sma', args: { period: { param: 'fast' } } },
      op: 'crosses_below',
      right: { indicator: 'sma', args: { period: { param: 'slow' } } },
    },
    stops: { loss: 0.1 },
    sizing: { kind: 'equal_weight', maxPositions: 20 },
  },
};
