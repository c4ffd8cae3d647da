import type { StrategyTemplate } from './template.ts';

export const rsiTwo: StrategyTemplate = {
  id: 'rsi-two',
  ko: {
    name: 'RSI(2) 눌림목',
    about:
      '200일선 위에서 RSI(2)가 아주 낮아지면 사서 5일선을 넘으면 팝니다. 래리 코너스의 짧은 눌림목 전략으로, 이길 확률은 높지만 크게 질 때가 있습니다.',
  },
  en: {
    name: 'RSI(2) dip',
    about:
      'Above the 200-day average buys when RSI(2) is very low and sells above the five-day average. Larry Connors’s short dip: it wins often, and loses large when it loses.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: 'RSI(2) 눌림목',
    timeframe: '1d',
    params: { low: { default: 10, min: 2, max: 30, step: 1, ko: 'RSI(2) 기준', en: 'RSI(2) below' } },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      all: [
        { left: { indicator: 'rsi', args: { period: 2 } }, op: '<', right: { param: 'low' } },
        { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 200 } } },
      ],
    },
    exit: { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 5 } } },
    stops: { loss: 0.1, maxBars: 10 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
