import type { StrategyTemplate } from './template.ts';

export const adxTrend: StrategyTemplate = {
  id: 'adx-trend',
  ko: {
    name: 'ADX 추세',
    about:
      '추세가 강하고(ADX) +DI가 −DI를 위로 뚫으면 사고, 반대로 뚫리면 팝니다. 방향이 뚜렷한 종목만 고르며, 추세가 막 꺾일 때 되돌려 줍니다.',
  },
  en: {
    name: 'ADX trend',
    about:
      'Buys when the trend is strong by ADX and +DI rises through −DI; sells on the opposite cross. It takes clear directions only and gives some back at the turn.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: 'ADX 추세',
    timeframe: '1d',
    params: { strength: { default: 20, min: 10, max: 40, step: 1, ko: '추세 강도(ADX)', en: 'Strength (ADX)' } },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'adx' }, order: 'desc' },
    },
    entry: {
      all: [
        { left: { indicator: 'adx', output: 'plus' }, op: 'crosses_above', right: { indicator: 'adx', output: 'minus' } },
        { left: { indicator: 'adx' }, op: '>', right: { param: 'strength' } },
      ],
    },
    exit: { left: { indicator: 'adx', output: 'plus' }, op: 'crosses_below', right: { indicator: 'adx', output: 'minus' } },
    stops: { loss: 0.08, trailing: 0.15 },
    sizing: { kind: 'equal_weight', maxPositions: 10 },
  },
};
