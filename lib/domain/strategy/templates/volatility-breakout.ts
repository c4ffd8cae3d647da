import type { StrategyTemplate } from './template.ts';

export const volatilityBreakout: StrategyTemplate = {
  id: 'volatility-breakout',
  ko: {
    name: '변동성 돌파',
    about:
      '하루의 오름폭이 어제 변동폭의 일정 비율을 넘으면 다음 날 시가에 사서 하루 뒤에 팝니다. 래리 윌리엄스의 생각을 일봉 종가로 옮긴 것으로, 거래가 많아 비용에 민감합니다.',
  },
  en: {
    name: 'Volatility breakout',
    about:
      'Buys at the next open when the day rose by more than a share of yesterday’s range, and sells a day later. Larry Williams’s idea on daily closes; it trades often, so costs matter.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '변동성 돌파',
    timeframe: '1d',
    params: { k: { default: 0.5, min: 0.2, max: 1.5, step: 0.05, ko: '변동폭 비율(k)', en: 'Share of the range (k)' } },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'volume_ratio', args: { period: 20 } }, order: 'desc' },
    },
    entry: {
      left: { field: 'close' },
      op: '>',
      right: {
        op: '+',
        args: [
          { field: 'open' },
          {
            op: '*',
            args: [
              {
                op: '-',
                args: [
                  { field: 'high', shift: 1 },
                  { field: 'low', shift: 1 },
                ],
              },
              { param: 'k' },
            ],
          },
        ],
      },
    },
    stops: { maxBars: 1 },
    sizing: { kind: 'equal_weight', maxPositions: 5 },
  },
};
