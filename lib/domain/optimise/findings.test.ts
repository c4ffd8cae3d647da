import { describe, expect, test } from 'vitest';
import { type Figures, searchCells, searchGrid } from '#lib/testing/search-cells.ts';
import { objectiveText } from './findings.ts';
import type { Aim } from './objective.ts';
import { summarise } from './summary.ts';

const aim: Aim = { objective: 'sharpe', minTrades: 10 };
const grid = searchGrid({ fast: [1, 5, 1] });
const sharpe = (...values: number[]): Figures[] => values.map((value) => ({ sharpe: value }));
const flat = sharpe(1, 1.1, 1.2, 1.1, 1);
const spike = sharpe(0.1, 0.2, 3, 0.2, 0.1);
const said = (train: readonly Figures[], test?: readonly Figures[]) => summarise(grid, searchCells(grid, train, test), aim).findings;

describe('what is said of a search', () => {
  test.each([
    {
      why: 'a plateau that held in the test',
      train: flat,
      after: sharpe(0.5, 0.6, 0.7, 0.6, 0.5),
      codes: ['plateau', 'test_held', 'trials'],
    },
    { why: 'a lone spike that did not', train: spike, after: sharpe(1, 0.9, -1, 0.9, 1), codes: ['lone_spike', 'test_failed', 'trials'] },
    {
      why: 'the first by luck: the rest went the other way',
      train: flat,
      after: sharpe(0.5, 0.1, 0.4, 0.1, 0.5),
      codes: ['plateau', 'test_failed', 'trials'],
    },
    // Correlation: deviations −.08 .02 .12 .02 −.08 and 0 .2 0 −.2 0 share nothing; the best is second of five.
    {
      why: 'a good place that training did not foretell',
      train: flat,
      after: sharpe(0.5, 0.7, 0.5, 0.3, 0.5),
      codes: ['plateau', 'test_failed', 'trials'],
    },
    { why: 'no test at all', train: flat, after: undefined, codes: ['plateau', 'no_test', 'trials'] },
    {
      why: 'a best that hardly traded in the test',
      train: flat,
      after: [...flat.slice(0, 2), { trades: 3 }, ...flat.slice(3)],
      codes: ['plateau', 'test_unclear', 'trials'],
    },
    {
      why: 'nothing that traded enough',
      train: flat.map((figures) => ({ ...figures, trades: 9 })),
      after: flat,
      codes: ['nothing_to_rank'],
    },
  ])('$why', ({ train, after, codes }) => {
    expect(said(train, after).map(({ code }) => code)).toEqual(codes);
  });

  test('a single combination has nothing beside it', () => {
    const one = searchGrid({ fast: [5, 5, 1] });
    const { findings } = summarise(one, searchCells(one, sharpe(1), sharpe(1)), aim);
    expect(findings.map(({ code }) => code)).toEqual(['no_neighbours', 'test_unclear', 'trials']);
  });

  test('the sentences carry the figures, in both languages', () => {
    const [plateau, tested, trials] = said(spike, sharpe(1, 0.9, -1, 0.9, 1));
    expect(plateau).toMatchObject({
      en: 'The best (fast=3, Sharpe ratio 3) has 2 neighbours, 0 of them within 20% of it (mean 0.2, worst 0.2). It is a lone spike and may be luck. Choose one whose neighbours do well too.',
      ko: '가장 좋은 조합(fast=3, 샤프 지수 3)의 이웃 2개 가운데 0개가 20% 안에 있습니다(이웃 평균 0.2, 최저 0.2). 홀로 솟은 봉우리라 우연일 수 있습니다. 이웃도 함께 좋은 조합을 고르세요.',
    });
    expect(tested!.en).toMatch(
      /^The best scored 3 in training and −1 in the test, place 5 of 5 there \(correlation of training and test −1\)\. /,
    );
    expect(tested!.ko).toMatch(/^가장 좋은 조합은 학습 3, 검증 −1이며 검증에서 5개 중 5위입니다/);
    expect(trials!.en).toMatch(/^5 combinations were tried\..*overfitting/);
    expect(trials!.ko).toMatch(/^조합 5개를 시험했습니다\..*과최적화/);
  });

  test('rates are percents, ratios plain, and nothing is a dash', () => {
    expect([objectiveText(0.1234, 'cagr'), objectiveText(1.2345, 'sharpe'), objectiveText(null, 'sharpe')]).toEqual([
      '12.34%',
      '1.23',
      '–',
    ]);
  });
});
