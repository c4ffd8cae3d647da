import type { StrategyTemplate } from './template.ts';

export const supertrendFollow: StrategyTemplate = {
  id: 'supertrend-follow',
  ko: {
    name: '슈퍼트렌드',
    about:
      '종가가 슈퍼트렌드 선을 위로 뚫으면 사고 아래로 뚫으면 팝니다. 변동폭에 맞춰 물러나는 선이라 작은 흔들림을 견디고, 횡보장에서는 들락거립니다.',
  },
  en: {
    name: 'Supertrend',
    about:
      'Buys when the close rises through the Supertrend line and sells when it falls through. The line keeps a distance of the usual swings; flat markets make it trade to and fro.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '슈퍼트렌드',
    timeframe: '1d',
    params: {
      period: { default: 10, min: 5, max: 50, step: 1, ko: '기간(일)', en: 'Period (days)' },
      multiple: { default: 3, min: 1, max: 6, step: 0.5, ko: 'ATR 배수', en: 'ATR multiple' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      left: { field: 'close' },
      op: 'crosses_above',
      right: { indicator: 'supertrend', args: { period: { param: 'period' }, multiple: { param: 'multiple' } } },
    },
    exit: {
      left: { field: 'close' },
      op: 'crosses_below',
      right: { indicator: 'supertrend', args: { period: { param: 'period' }, multiple: { param: 'multiple' } } },
    },
    stops: { loss: 0.12 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
