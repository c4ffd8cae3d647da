import type { StrategyTemplate } from './template.ts';

export const ichimokuTrend: StrategyTemplate = {
  id: 'ichimoku-trend',
  ko: {
    name: '일목균형표',
    about:
      '종가가 구름 위에 있고 전환선이 기준선을 위로 뚫으면 사고, 종가가 기준선 아래로 내려오면 팝니다. 중기 추세를 따르며 구름 속 횡보는 쉬어 갑니다.',
  },
  en: {
    name: 'Ichimoku',
    about:
      'Buys above the cloud when the conversion line rises through the base line and sells a close below the base. It follows medium trends and rests inside the cloud.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '일목균형표',
    timeframe: '1d',
    params: {},
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      all: [
        { left: { indicator: 'ichimoku' }, op: 'crosses_above', right: { indicator: 'ichimoku', output: 'base' } },
        { left: { field: 'close' }, op: '>', right: { indicator: 'ichimoku', output: 'base' } },
        { left: { field: 'close' }, op: '>', right: { indicator: 'ichimoku', output: 'span_a' } },
        { left: { field: 'close' }, op: '>', right: { indicator: 'ichimoku', output: 'span_b' } },
      ],
    },
    exit: { left: { field: 'close' }, op: '<', right: { indicator: 'ichimoku', output: 'base' } },
    stops: { loss: 0.08 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
