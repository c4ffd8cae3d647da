import type { StrategyTemplate } from './template.ts';

export const lowVolatility: StrategyTemplate = {
  id: 'low-volatility',
  ko: {
    name: '저변동 종목',
    about:
      '변동폭이 작은 종목을 골라 120일선 위에 있는 동안 들고 갑니다. 크게 벌지 않는 대신 낙폭이 작은 것을 노리며, 강한 상승장에서는 뒤처집니다.',
  },
  en: {
    name: 'Low volatility',
    about:
      'Takes the stocks with the smallest swings and keeps them while above their 120-day average. It aims for small drawdowns and falls behind in strong markets.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '저변동 종목',
    timeframe: '1d',
    params: { days: { default: 60, min: 20, max: 250, step: 10, ko: '변동폭 기간(일)', en: 'Range over (days)' } },
    universe: {
      filters: [{ left: { indicator: 'sma', input: { field: 'value' }, args: { period: 20 } }, op: '>=', right: 1_000_000_000 }],
      rank: { by: { indicator: 'natr', args: { period: { param: 'days' } } }, order: 'asc', limit: 30 },
      refresh: 'monthly',
    },
    entry: { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 120 } } },
    exit: { left: { field: 'close' }, op: '<', right: { op: '*', args: [{ indicator: 'sma', args: { period: 120 } }, 0.97] } },
    sizing: { kind: 'equal_weight', maxPositions: 20 },
  },
};
