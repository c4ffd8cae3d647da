import type { StrategyTemplate } from './template.ts';

export const minuteMomentum: StrategyTemplate = {
  id: 'minute-momentum',
  ko: {
    name: '1분 모멘텀 (시연용)',
    about:
      '1분봉 종가가 5분 이동평균을 위로 뚫으면 사고, 아래로 뚫거나 10분이 지나면 팝니다. 자동매매가 움직이는 모습을 몇 분 안에 보기 위한 시연용으로, 비용을 이기도록 만든 전략이 아닙니다.',
  },
  en: {
    name: 'Minute momentum (demo)',
    about:
      'Buys when the one-minute close rises through its five-minute average and sells when it falls back or after ten minutes. It exists to show automatic trading at work within minutes; it is not meant to beat its costs.',
  },
  document: {
    schema: 'narae.strategy/1',
    name: '1분 모멘텀 (시연용)',
    timeframe: '1m',
    params: { period: { default: 5, min: 2, max: 60, step: 1, ko: '이동평균(분)', en: 'Average (minutes)' } },
    universe: { refresh: 'daily' },
    entry: { left: { field: 'close' }, op: 'crosses_above', right: { indicator: 'sma', args: { period: { param: 'period' } } } },
    exit: { left: { field: 'close' }, op: 'crosses_below', right: { indicator: 'sma', args: { period: { param: 'period' } } } },
    stops: { loss: 0.02, profit: 0.03, maxBars: 10 },
    sizing: { kind: 'percent_equity', percent: 0.05, maxPositions: 5 },
    sessions: { exitAllBeforeClose: true },
  },
};
