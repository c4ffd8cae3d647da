import type { StrategyTemplate } from './template.ts';

export const turtle: StrategyTemplate = {
  id: 'turtle',
  ko: {
    name: '터틀 추세추종',
    about:
      '20일 신고가를 넘으면 사고 10일 신저가를 깨면 팝니다. 손절은 ATR의 두 배로 둡니다. 잔손실을 여러 번 내고 큰 추세 몇 번으로 버는 전략입니다.',
  },
  en: {
    name: 'Turtle',
    about:
      'Buys above the 20-day high and sells below the 10-day low, with a stop of twice the ATR. Many small losses, paid for by a few large trends.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '터틀 추세추종',
    timeframe: '1d',
    params: {
      high: { default: 20, min: 10, max: 120, step: 5, ko: '돌파 기간(일)', en: 'Breakout (days)' },
      low: { default: 10, min: 5, max: 60, step: 5, ko: '이탈 기간(일)', en: 'Exit (days)' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'roc', args: { period: 60 } }, order: 'desc' },
    },
    entry: { left: { field: 'close' }, op: '>', right: { indicator: 'donchian', args: { period: { param: 'high' } }, shift: 1 } },
    exit: {
      left: { field: 'close' },
      op: '<',
      right: { indicator: 'donchian', args: { period: { param: 'low' } }, output: 'lower', shift: 1 },
    },
    stops: { atr: { period: 20, multiple: 2 } },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
