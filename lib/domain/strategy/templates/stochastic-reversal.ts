import type { StrategyTemplate } from './template.ts';

export const stochasticReversal: StrategyTemplate = {
  id: 'stochastic-reversal',
  ko: {
    name: '스토캐스틱 반등',
    about:
      '스토캐스틱 %K가 과매도 구간에서 %D를 위로 뚫으면 사고, 과매수 구간에 들면 팝니다. 박스권에서 잘 맞고, 한 방향으로 가는 장에서는 너무 일찍 팝니다.',
  },
  en: {
    name: 'Stochastic reversal',
    about:
      'Buys when %K rises through %D in the oversold zone and sells in the overbought one. It suits ranges and sells too early in trends.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '스토캐스틱 반등',
    timeframe: '1d',
    params: {
      low: { default: 20, min: 5, max: 40, step: 1, ko: '과매도 기준', en: 'Oversold below' },
      high: { default: 80, min: 60, max: 95, step: 1, ko: '과매수 기준', en: 'Overbought above' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      all: [
        { left: { indicator: 'stochastic' }, op: 'crosses_above', right: { indicator: 'stochastic', output: 'd' } },
        { left: { indicator: 'stochastic' }, op: '<', right: { param: 'low' } },
        { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 120 } } },
      ],
    },
    exit: { left: { indicator: 'stochastic' }, op: '>', right: { param: 'high' } },
    stops: { loss: 0.07, maxBars: 20 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
