import type { StrategyTemplate } from './template.ts';

export const bollingerBreakout: StrategyTemplate = {
  id: 'bollinger-breakout',
  ko: {
    name: '볼린저 돌파',
    about:
      '종가가 볼린저 상단을 거래량과 함께 뚫으면 사고, 중심선 아래로 내려오면 팝니다. 좁게 움직이다 터지는 시세를 노리며, 거짓 돌파에는 자주 손절합니다.',
  },
  en: {
    name: 'Bollinger breakout',
    about:
      'Buys a close through the upper band on heavy volume and sells below the middle. It waits for quiet stocks to break out and pays for false starts with small losses.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '볼린저 돌파',
    timeframe: '1d',
    params: {
      period: { default: 20, min: 10, max: 60, step: 1, ko: '기간(일)', en: 'Period (days)' },
      surge: { default: 1.5, min: 1, max: 5, step: 0.1, ko: '거래량 배수', en: 'Volume multiple' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
    },
    entry: {
      all: [
        {
          left: { field: 'close' },
          op: 'crosses_above',
          right: { indicator: 'bollinger', args: { period: { param: 'period' } }, output: 'upper' },
        },
        { left: { indicator: 'volume_ratio', args: { period: 20 } }, op: '>=', right: { param: 'surge' } },
      ],
    },
    exit: { left: { field: 'close' }, op: '<', right: { indicator: 'bollinger', args: { period: { param: 'period' } } } },
    stops: { loss: 0.07 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
