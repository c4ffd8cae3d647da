import type { StrategyTemplate } from './template.ts';

export const fiftyTwoWeekHigh: StrategyTemplate = {
  id: 'fifty-two-week-high',
  ko: {
    name: '52주 신고가',
    about:
      '어제까지의 52주 최고가를 종가로 넘어선 종목을 최근 6개월 수익률이 높은 순서로 사고, 고점에서 15% 내려오거나 60일 최저가를 깨면 팝니다. 크게 오르는 소수가 여러 번의 작은 손실을 메우는 방식입니다.',
  },
  en: {
    name: '52-week high',
    about:
      'Buys stocks that close above the highest price of the last 52 weeks, strongest six-month return first, and sells 15 % below the high since entry or under the 60-day low. A few large winners pay for many small losses.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '52주 신고가',
    timeframe: '1d',
    params: {
      days: { default: 252, min: 60, max: 500, step: 1, ko: '신고가 기간(일)', en: 'High of (days)' },
      exitDays: { default: 60, min: 10, max: 200, step: 5, ko: '이탈 기간(일)', en: 'Exit low of (days)' },
    },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 2_000_000_000 }],
      rank: { by: { indicator: 'roc', args: { period: 120 } }, order: 'desc' },
    },
    entry: {
      left: { field: 'close' },
      op: '>',
      right: { indicator: 'highest', input: { field: 'high' }, args: { period: { param: 'days' } }, shift: 1 },
    },
    exit: {
      left: { field: 'close' },
      op: '<',
      right: { indicator: 'lowest', input: { field: 'low' }, args: { period: { param: 'exitDays' } }, shift: 1 },
    },
    stops: { loss: 0.1, trailing: 0.15 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
