import type { StrategyTemplate } from './template.ts';

export const macdCross: StrategyTemplate = {
  id: 'macd-cross',
  ko: {
    name: 'MACD 교차',
    about:
      'MACD선이 신호선을 위로 뚫고 0보다 클 때 사고, 신호선 아래로 내려오면 팝니다. 이미 오르는 추세에 올라타며, 추세가 짧으면 늦게 사서 늦게 팝니다.',
  },
  en: {
    name: 'MACD cross',
    about:
      'Buys when the MACD line rises through its signal while above zero and sells when it falls back. It joins trends under way; in short ones it comes late twice.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: 'MACD 교차',
    timeframe: '1d',
    params: {
      fast: { default: 12, min: 5, max: 30, step: 1, ko: '단기(일)', en: 'Fast (days)' },
      slow: { default: 26, min: 15, max: 60, step: 1, ko: '장기(일)', en: 'Slow (days)' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      all: [
        {
          left: { indicator: 'macd', args: { fast: { param: 'fast' }, slow: { param: 'slow' } } },
          op: 'crosses_above',
          right: { indicator: 'macd', args: { fast: { param: 'fast' }, slow: { param: 'slow' } }, output: 'signal' },
        },
        { left: { indicator: 'macd', args: { fast: { param: 'fast' }, slow: { param: 'slow' } } }, op: '>', right: 0 },
      ],
    },
    exit: {
      left: { indicator: 'macd', args: { fast: { param: 'fast' }, slow: { param: 'slow' } } },
      op: 'crosses_below',
      right: { indicator: 'macd', args: { fast: { param: 'fast' }, slow: { param: 'slow' } }, output: 'signal' },
    },
    stops: { loss: 0.08 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
