import { expect, test } from 'vitest';
import { compileStrategy } from './compile.ts';
import { describeStrategy, type Language, type Sentence, type StrategyPart } from './describe.ts';
import { withParticle } from './korean.ts';
import type { StrategyDraft } from './schema.ts';
import { TEMPLATES } from './templates/list.ts';

const lines = (sentence: Sentence): string[] => [sentence.text, ...sentence.items.flatMap(lines).map((line) => `- ${line}`)];
function told(document: StrategyDraft, language: Language, params: Record<string, number> = {}): Partial<Record<StrategyPart, string[]>> {
  const compiled = compileStrategy(document, params);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return Object.fromEntries(describeStrategy(compiled.program, language).map(({ part, sentences }) => [part, sentences.flatMap(lines)]));
}
const base: StrategyDraft = {
  schema: 'narae.strategy/1',
  name: 't',
  timeframe: '1d',
  entry: { left: { field: 'close' }, op: '>', right: 1_000 },
  stops: { loss: 0.08 },
  sizing: { kind: 'fixed_amount', amount: 5_000_000, maxPositions: 3 },
};

test('the golden cross reads as a person would say it, with the chosen values', () => {
  const { document } = TEMPLATES.find(({ id }) => id === 'golden-cross')!;
  expect(told(document, 'ko', { fast: 5, slow: 20 })).toEqual({
    universe: [
      'KOSPI, KOSDAQ의 모든 종목을 봅니다.',
      '그중 다음을 만족하는 종목만 후보로 두고 매월 다시 고릅니다:',
      '- 거래대금의 20일 단순이동평균이 10억원 이상일 때',
    ],
    entry: ['5일 단순이동평균이 20일 단순이동평균을 위로 뚫으면 삽니다.'],
    exit: ['5일 단순이동평균이 20일 단순이동평균을 아래로 뚫으면 팝니다.'],
    stops: ['산 값보다 10% 내리면 손절합니다.'],
    sizing: ['자산을 20등분해 종목마다 한 몫씩, 한꺼번에 20종목까지 가집니다.'],
    execution: ['봉이 끝난 뒤 판단하고 다음 봉 시가에 시장가로 주문합니다. 한 봉 거래량의 10%까지만 체결합니다.'],
    costs: ['수수료 0.015%, 거래세는 그날의 법대로, 1호가 불리하게 체결된다고 계산합니다.'],
  });
  expect(told(document, 'en', { fast: 5, slow: 20 }).entry).toEqual([
    'Buys when the 5-day simple moving average crosses above the 20-day simple moving average.',
  ]);
});

test.each([
  { ko: '종가가 1,000원보다 크면 삽니다.', en: 'Buys when the close is above ₩1,000.', entry: base.entry },
  {
    ko: '3일 동안 계속 RSI(14)가 30 이하이면 삽니다.',
    en: 'Buys when for 3 days without a break the RSI(14) is at most 30.',
    entry: { left: { indicator: 'rsi' }, op: '<=', right: 30, for: 3 },
  },
  {
    ko: '최근 5일 안에 종가가 2일 연속 오를 때가 한 번이라도 있었으면 삽니다.',
    en: 'Buys when at least once in the last 5 days the close has risen for 2 days in a row.',
    entry: { left: { field: 'close' }, op: 'rising', bars: 2, within: 5 },
  },
  {
    ko: '종가가 (1일 전 고가 × 1.02)보다 클 때가 아니면 삽니다.',
    en: 'Buys when it is not so that the close is above (high of 1 day ago × 1.02).',
    entry: { not: { left: { field: 'close' }, op: '>', right: { op: '*', args: [{ field: 'high', shift: 1 }, 1.02] } } },
  },
] as const)('$ko', ({ ko, en, entry }) => {
  expect(told({ ...base, entry }, 'ko').entry).toEqual([ko]);
  expect(told({ ...base, entry }, 'en').entry).toEqual([en]);
});

test.each([
  {
    execution: { at: 'next_close' },
    ko: ['봉이 끝난 뒤 판단하고 다음 봉 종가에 시장가로 주문합니다. 한 봉 거래량의 10%까지만 체결합니다.'],
    en: ["Decides after a bar has closed and orders at the next close, at the market; fills at most 10% of a bar's volume."],
  },
  {
    execution: { orderType: 'limit', limitOffsetTicks: -2, participation: 0.5 },
    ko: [
      '봉이 끝난 뒤 판단하고 다음 봉 시가에 지정가로 주문합니다. 한 봉 거래량의 50%까지만 체결합니다.',
      '지정가는 판단한 봉의 종가보다 살 때는 2호가 낮은, 팔 때는 2호가 높은 값입니다. 그날 체결되지 않은 수량은 취소됩니다.',
    ],
    en: [
      "Decides after a bar has closed and orders at the next open, with a limit; fills at most 50% of a bar's volume.",
      'The limit asks for 2 ticks more (buys lower, sells higher) than the close that decided; what is not filled that day is cancelled.',
    ],
  },
  {
    execution: { at: 'this_close_auction', orderType: 'limit' },
    ko: [
      '장이 끝나기 전에 그날 시가와 전날까지의 값으로 판단하고 그날 종가 동시호가에 지정가로 주문합니다. 한 봉 거래량의 10%까지만 체결합니다.',
      '지정가는 그날 시가입니다. 그날 체결되지 않은 수량은 취소됩니다.',
    ],
    en: [
      "Decides before the close on the day's open and the days before, and orders into that day's closing auction, with a limit; fills at most 10% of a bar's volume.",
      "The limit is the day's open; what is not filled that day is cancelled.",
    ],
  },
  {
    timeframe: '5m',
    execution: { orderType: 'limit' },
    ko: [
      '봉이 끝난 뒤 판단하고 다음 봉 시가에 지정가로 주문합니다. 한 봉 거래량의 10%까지만 체결합니다.',
      '지정가는 판단한 봉의 종가입니다. 다음 봉이 끝날 때까지 체결되지 않은 수량은 취소됩니다.',
    ],
    en: [
      "Decides after a bar has closed and orders at the next open, with a limit; fills at most 10% of a bar's volume.",
      'The limit is the close that decided; what is not filled by the end of the next bar is cancelled.',
    ],
  },
  {
    timeframe: '5m',
    execution: { orderType: 'limit', limitOffsetTicks: -1 },
    sessions: { exitAllBeforeClose: true },
    ko: [
      '봉이 끝난 뒤 판단하고 다음 봉 시가에 지정가로 주문합니다. 한 봉 거래량의 10%까지만 체결합니다.',
      '지정가는 판단한 봉의 종가보다 살 때는 1호가 낮은, 팔 때는 1호가 높은 값입니다. 다음 봉이 끝날 때까지 체결되지 않은 수량은 취소됩니다.',
      '장이 끝나기 전에 모두 시장가로 팝니다.',
    ],
    en: [
      "Decides after a bar has closed and orders at the next open, with a limit; fills at most 10% of a bar's volume.",
      'The limit asks for 1 tick more (buys lower, sells higher) than the close that decided; what is not filled by the end of the next bar is cancelled.',
      'Sells everything at the market before the close.',
    ],
  },
  {
    timeframe: '1m',
    execution: { at: 'this_close_auction', orderType: 'limit', limitOffsetTicks: 1 },
    ko: [
      '하루 한 번, 장 마감 11분 전까지 끝난 봉으로 판단하고 그날 종가 동시호가에 지정가로 주문합니다. 한 봉 거래량의 10%까지만 체결합니다.',
      '지정가는 판단한 봉의 종가보다 살 때는 1호가 높은, 팔 때는 1호가 낮은 값입니다. 그날 체결되지 않은 수량은 취소됩니다.',
    ],
    en: [
      "Decides once a day, on bars that have ended 11 minutes before the close, and orders into that day's closing auction, with a limit; fills at most 10% of a bar's volume.",
      'The limit gives way 1 tick (buys higher, sells lower) from the close that decided; what is not filled that day is cancelled.',
    ],
  },
] as const)('how it orders: $en.0', ({ ko, en, ...how }) => {
  const document: StrategyDraft = { ...base, ...how };
  expect(told(document, 'ko').execution).toEqual(ko);
  expect(told(document, 'en').execution).toEqual(en);
});

test.each([
  {
    sizing: { kind: 'risk_per_trade', risk: 0.01, maxPositions: 5 },
    ko: ['손절되면 자산의 1%를 잃을 만큼씩, 한꺼번에 5종목까지 가집니다.'],
    en: ['As many shares of each symbol as lose 1% of the equity when stopped out, at most 5 positions at once.'],
  },
  {
    sizing: { kind: 'volatility_target', volatility: 0.15, period: 60, maxPositions: 1 },
    ko: ['자산의 연 변동성이 15%를 넘지 않도록 종목마다 60일 변동성에 반비례하게, 한꺼번에 1종목까지 가집니다.'],
    en: [
      "Each symbol in inverse proportion to its volatility over 60 days, so that the portfolio's stays within 15% a year, at most 1 position at once.",
    ],
  },
  {
    sizing: { kind: 'weights', weights: { '005930': 0.6, '000660': 0.3 }, rebalance: 'monthly', tolerance: 0.05, maxPositions: 2 },
    ko: [
      '정해 둔 비중대로 사고 매월 첫 봉 뒤에 5% 넘게 벗어난 비중을 다시 맞추며, 한꺼번에 2종목까지 가집니다.',
      '- 005930 60%',
      '- 000660 30%',
    ],
    en: [
      'By fixed weights, brought back after the first bar of each month those more than 5% off, at most 2 positions at once.',
      '- 005930 60%',
      '- 000660 30%',
    ],
  },
  {
    sizing: { kind: 'weights', rebalance: 'weekly', maxPositions: 4 },
    ko: ['종목마다 같은 비중으로 사고 매주 첫 봉 뒤에 비중을 다시 맞추며, 한꺼번에 4종목까지 가집니다.'],
    en: ['Every symbol with an equal weight, brought back after the first bar of each week, at most 4 positions at once.'],
  },
] as const)('how much it buys: $en.0', ({ sizing, ko, en }) => {
  expect(told({ ...base, sizing }, 'ko').sizing?.toSorted()).toEqual(ko.toSorted());
  expect(told({ ...base, sizing }, 'en').sizing?.toSorted()).toEqual(en.toSorted());
});

test('weights of a document that decides once a day are brought back in an auction', () => {
  const sizing = { kind: 'weights', rebalance: 'weekly', maxPositions: 4 } as const;
  const document = { ...base, timeframe: '1m', execution: { at: 'this_close_auction' }, sizing } as const;
  expect(told(document, 'ko').sizing).toEqual([
    '종목마다 같은 비중으로 사고 매주 첫 거래일 종가 동시호가에 비중을 다시 맞추며, 한꺼번에 4종목까지 가집니다.',
  ]);
  expect(told(document, 'en').sizing).toEqual([
    "Every symbol with an equal weight, brought back in the closing auction of each week's first day, at most 4 positions at once.",
  ]);
});

test('market impact is told for what it is', () => {
  const costs = { slippage: { kind: 'impact', value: 0.1 } } as const;
  expect(told({ ...base, costs }, 'ko').costs).toEqual([
    '수수료 0.015%, 거래세는 그날의 법대로, 봉 거래량만큼 주문하면 10%, 그보다 작으면 비중의 제곱근만큼 불리하게 체결된다고 계산합니다.',
  ]);
  expect(told({ ...base, costs }, 'en').costs).toEqual([
    "Reckons with a commission of 0.015%, the day's transaction tax and a market impact of 10% for a bar's whole volume, by the square root of our part of it.",
  ]);
});

test('before the close, a sentence says which day it reads', () => {
  const execution = { at: 'this_close_auction' } as const;
  expect(told({ ...base, execution }, 'ko').entry).toEqual(['1일 전 종가가 1,000원보다 크면 삽니다.']);
});

test('nested groups become a list under their sentence', () => {
  const entry = {
    all: [
      { left: { field: 'volume' }, op: '>', right: 10_000 },
      { any: [{ left: { indicator: 'macd', output: 'line' }, op: 'crosses_above', right: { indicator: 'macd', output: 'signal' } }] },
    ],
  } as const;
  expect(told({ ...base, entry }, 'ko').entry).toEqual([
    '다음을 모두 만족하면 삽니다:',
    '- 거래량이 10,000주보다 클 때',
    '- 다음 중 하나라도 맞을 때',
    '- - MACD(12, 26, 9) 선이 MACD(12, 26, 9) 신호선을 위로 뚫을 때',
  ]);
});

test.each(TEMPLATES.map(({ id, document }) => ({ id, document })))(
  'every part of the template $id has words in both languages',
  ({ document }) => {
    for (const language of ['ko', 'en'] as const) {
      const parts = told(document, language);
      const optional = (['exit', 'stops'] as const).filter((part) => document[part] !== undefined);
      expect(Object.keys(parts).sort()).toEqual(['universe', 'entry', ...optional, 'sizing', 'execution', 'costs'].sort());
      for (const text of Object.values(parts).flat()) expect(text).not.toMatch(/undefined|NaN|null|\[object/);
    }
  },
);

test.each([
  ['종가', '종가가'],
  ['거래량', '거래량이'],
  ['RSI(14)', 'RSI(14)가'],
  ['30', '30이'],
  ['25', '25가'],
  ['10%', '10%가'],
])('%s takes its particle: %s', (word, text) => expect(withParticle(word, '이/가')).toBe(text));
