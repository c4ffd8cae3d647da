import type { StrategyTemplate } from './template.ts';

export const gapUp: StrategyTemplate = {
  id: 'gap-up',
  ko: {
    name: '갭 상승',
    about:
      '전날 종가보다 높게 시작해 더 올라 마친 날을 보고 다음 날 사서 며칠 안에 팝니다. 소식이 있는 종목의 뒤따르는 힘을 노리며, 갭을 메우면 손절합니다.',
  },
  en: {
    name: 'Gap up',
    about:
      'Buys after a day that opened with a gap and closed higher still, and sells within days. It follows news; a filled gap is a loss.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '갭 상승',
    timeframe: '1d',
    params: { gap: { default: 0.03, min: 0.01, max: 0.1, step: 0.005, ko: '갭 크기', en: 'Gap' } },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'volume_ratio', args: { period: 20 } }, order: 'desc' },
    },
    entry: {
      all: [
        { left: { indicator: 'gap_rate' }, op: '>=', right: { param: 'gap' } },
        { left: { field: 'close' }, op: '>', right: { field: 'open' } },
        { left: { indicator: 'volume_ratio', args: { period: 20 } }, op: '>=', right: 2 },
      ],
    },
    stops: { loss: 0.05, profit: 0.1, maxBars: 5 },
    sizing: { kind: 'equal_weight', maxPositions: 5 },
  },
};
