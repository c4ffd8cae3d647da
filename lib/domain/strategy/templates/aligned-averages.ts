import type { StrategyTemplate } from './template.ts';

export const alignedAverages: StrategyTemplate = {
  id: 'aligned-averages',
  ko: {
    name: '이평선 정배열',
    about:
      '5·20·60·120일선이 위에서부터 차례로 놓이면 사고, 5일선이 20일선 아래로 내려오면 팝니다. 오래 오르는 종목을 따라가며, 정배열이 완성될 때는 이미 많이 올랐을 수 있습니다.',
  },
  en: {
    name: 'Aligned averages',
    about:
      'Buys when the 5, 20, 60 and 120-day averages stand in order and sells when the 5-day falls below the 20-day. It follows long rises and may come after much of one.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '이평선 정배열',
    timeframe: '1d',
    params: {},
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'roc', args: { period: 60 } }, order: 'desc' },
    },
    entry: {
      all: [
        { left: { indicator: 'sma', args: { period: 5 } }, op: '>', right: { indicator: 'sma', args: { period: 20 } } },
        { left: { indicator: 'sma', args: { period: 20 } }, op: '>', right: { indicator: 'sma', args: { period: 60 } } },
        { left: { indicator: 'sma', args: { period: 60 } }, op: '>', right: { indicator: 'sma', args: { period: 120 } } },
        { left: { indicator: 'sma', args: { period: 60 } }, op: 'rising', bars: 3 },
      ],
    },
    exit: { left: { indicator: 'sma', args: { period: 5 } }, op: '<', right: { indicator: 'sma', args: { period: 20 } } },
    stops: { loss: 0.08 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
