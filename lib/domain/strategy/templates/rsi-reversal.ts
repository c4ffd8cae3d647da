import type { StrategyTemplate } from './template.ts';

export const rsiReversal: StrategyTemplate = {
  id: 'rsi-reversal',
  ko: {
    name: 'RSI 과매도 반등',
    about:
      '장기 상승 추세에 있는 종목이 RSI 과매도 구간에서 다시 올라올 때 사고, RSI가 충분히 회복되거나 20거래일이 지나면 팝니다. 짧은 눌림목을 노리며, 추세가 꺾인 뒤의 하락은 손절로 막습니다.',
  },
  en: {
    name: 'RSI reversal',
    about:
      'Buys a stock in a long up-trend when its RSI climbs back out of the oversold zone, and sells when the RSI has recovered or after 20 sessions. It plays short dips; a stop guards against trends that have really turned.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: 'RSI 과매도 반등',
    timeframe: '1d',
    params: {
      oversold: { default: 30, min: 10, max: 45, step: 1, ko: '과매도 기준', en: 'Oversold below' },
      recovered: { default: 60, min: 50, max: 90, step: 1, ko: '회복 기준', en: 'Recovered above' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      all: [
        { left: { indicator: 'rsi', args: { period: 14 } }, op: 'crosses_above', right: { param: 'oversold' } },
        { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 200 } } },
      ],
    },
    exit: { left: { indicator: 'rsi', args: { period: 14 } }, op: '>', right: { param: 'recovered' } },
    stops: { loss: 0.08, maxBars: 20 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
