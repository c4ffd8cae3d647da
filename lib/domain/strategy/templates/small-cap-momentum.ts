import type { StrategyTemplate } from './template.ts';

export const smallCapMomentum: StrategyTemplate = {
  id: 'small-cap-momentum',
  ko: {
    name: '소형주 모멘텀',
    about:
      '시가총액이 작은 종목 가운데 3개월 수익률이 높은 것을 사서 20일선을 깨면 팝니다. 변동이 크고 체결이 어려울 수 있어 거래량 제한을 꼭 보세요. 시가총액 자료가 있어야 합니다.',
  },
  en: {
    name: 'Small-cap momentum',
    about:
      'Among small companies buys the best three months and sells below the 20-day average. Swings are wide and fills are thin: mind the volume cap. Needs market-cap data.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '소형주 모멘텀',
    timeframe: '1d',
    params: {
      cap: {
        default: 300000000000,
        min: 50000000000,
        max: 1000000000000,
        step: 50000000000,
        ko: '시가총액 상한(원)',
        en: 'Market cap at most (won)',
      },
    },
    universe: {
      filters: [
        { left: { field: 'market_cap' }, op: '<=', right: { param: 'cap' } },
        { left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 500_000_000 },
      ],
      rank: { by: { indicator: 'roc', args: { period: 60 } }, order: 'desc', limit: 20 },
    },
    entry: {
      all: [
        { left: { indicator: 'roc', args: { period: 60 } }, op: '>', right: 0.1 },
        { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 20 } } },
      ],
    },
    exit: { left: { field: 'close' }, op: '<', right: { indicator: 'sma', args: { period: 20 } } },
    stops: { loss: 0.1 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
