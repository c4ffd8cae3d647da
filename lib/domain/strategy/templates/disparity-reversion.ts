import type { StrategyTemplate } from './template.ts';

export const disparityReversion: StrategyTemplate = {
  id: 'disparity-reversion',
  ko: {
    name: '이격도 회귀',
    about:
      '종가가 20일선보다 크게 낮아졌을 때 사서 20일선에 돌아오면 팝니다. 과하게 빠진 종목의 되돌림을 노리며, 장기 하락 추세는 120일선 기울기로 거릅니다.',
  },
  en: {
    name: 'Disparity reversion',
    about:
      'Buys when the close has fallen far below its 20-day average and sells when it is back. It plays rebounds; a rising 120-day average keeps it out of long declines.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '이격도 회귀',
    timeframe: '1d',
    params: { low: { default: 0.92, min: 0.8, max: 0.98, step: 0.01, ko: '이격도 하한', en: 'Lower disparity' } },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      all: [
        { left: { indicator: 'disparity', args: { period: 20 } }, op: '<', right: { param: 'low' } },
        { left: { indicator: 'sma', args: { period: 120 } }, op: 'rising', bars: 5 },
      ],
    },
    exit: { left: { indicator: 'disparity', args: { period: 20 } }, op: '>=', right: 1 },
    stops: { loss: 0.1, maxBars: 20 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
