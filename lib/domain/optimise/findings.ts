import type { Diagnosis } from '#domain/backtest/diagnosis/finding.ts';
import { METRICS } from '#domain/backtest/metrics/definitions.ts';
import { grouped, percent } from '#domain/strategy/describe-expression.ts';
import { type Aim, type Objective, objectiveOf } from './objective.ts';
import type { OutOfSample } from './out-of-sample.ts';
import type { SearchSummary } from './summary.ts';

const NAMES: Record<Objective, { readonly ko: string; readonly en: string }> = {
  sharpe: { ko: '샤프 지수', en: 'Sharpe ratio' },
  sortino: { ko: '소르티노 지수', en: 'Sortino ratio' },
  calmar: { ko: '칼마 지수', en: 'Calmar ratio' },
  cagr: { ko: '연평균 수익률', en: 'yearly return' },
  totalReturn: { ko: '총수익률', en: 'total return' },
  maxDrawdown: { ko: '최대 낙폭', en: 'maximum drawdown' },
  profitFactor: { ko: '이익 계수', en: 'profit factor' },
  winRate: { ko: '승률', en: 'win rate' },
};
/** At least half of the neighbours near the best make a plateau. */
const PLATEAU_SCORE = 0.5;
/** A weaker correlation explains less than a tenth of the differences in the test (0.3² = 9 %). */
const RELATED = 0.3;

/** What must be known before the best of a search is believed. */
export function searchFindings(summary: Omit<SearchSummary, 'findings'>, aim: Aim): Diagnosis[] {
  if (summary.best === null) return [nothingToRank(summary.trials, aim)];
  const { best, plateau, trials } = summary;
  return [plateauFound(best, plateau!, aim), tested({ ...summary, best }, aim), luck(trials)];
}

/** A value of the objective as people read it: 12.3 % or 1.23. */
export function objectiveText(value: number | null, objective: Objective): string {
  return value !== null && METRICS[objective].unit === 'rate' ? percent(value) : ratioText(value);
}

function ratioText(value: number | null): string {
  return value === null ? '–' : grouped(Math.round(value * 100) / 100);
}

/** `fast=5, slow=20`. */
export function paramsText(params: Readonly<Record<string, number>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

type Best = NonNullable<SearchSummary['best']>;

function nothingToRank(trials: number, { objective, minTrades }: Aim): Diagnosis {
  const { ko, en } = NAMES[objective];
  return {
    code: 'nothing_to_rank',
    severity: 'warning',
    numbers: { trials, minTrades },
    ko: `조합 ${grouped(trials)}개 가운데 거래가 ${minTrades}번 이상이고 ${ko} 값이 있는 것이 없어 고를 것이 없습니다. 기간이나 종목을 넓히세요.`,
    en: `None of the ${grouped(trials)} combinations traded ${minTrades} times and has a ${en}, so there is nothing to choose from. Search a longer period or more symbols.`,
  };
}

const PLATEAU_VERDICTS = {
  plateau: {
    severity: 'info',
    ko: '값을 조금 바꿔도 결과가 비슷한 고원 위에 있습니다.',
    en: 'It stands on a plateau: slightly different values do about as well.',
  },
  lone_spike: {
    severity: 'warning',
    ko: '홀로 솟은 봉우리라 우연일 수 있습니다. 이웃도 함께 좋은 조합을 고르세요.',
    en: 'It is a lone spike and may be luck. Choose one whose neighbours do well too.',
  },
  no_neighbours: {
    severity: 'warning',
    ko: '견줄 이웃이 없어 우연인지 알 수 없습니다. 매개변수마다 여러 값을 시험하세요.',
    en: 'With nothing beside it nobody can tell whether it is luck. Try several values of each parameter.',
  },
} as const;

function plateauFound(best: Best, { neighbours, mean, worst, score }: NonNullable<SearchSummary['plateau']>, aim: Aim): Diagnosis {
  const text = (value: number | null) => objectiveText(value, aim.objective);
  const value = text(objectiveOf(best.train, aim));
  const near = Math.round((score ?? 0) * neighbours);
  const code = score === null ? 'no_neighbours' : score >= PLATEAU_SCORE ? 'plateau' : 'lone_spike';
  const { severity, ko, en } = PLATEAU_VERDICTS[code];
  const name = NAMES[aim.objective];
  const at = paramsText(best.params);
  return {
    code,
    severity,
    numbers: { neighbours, near },
    ko: `가장 좋은 조합(${at}, ${name.ko} ${value})의 이웃 ${neighbours}개 가운데 ${near}개가 20% 안에 있습니다(이웃 평균 ${text(mean)}, 최저 ${text(worst)}). ${ko}`,
    en: `The best (${at}, ${name.en} ${value}) has ${neighbours} neighbours, ${near} of them within 20% of it (mean ${text(mean)}, worst ${text(worst)}). ${en}`,
  };
}

const TEST_VERDICTS = {
  test_held: {
    severity: 'info',
    ko: '학습에서 좋던 조합이 검증에서도 대체로 좋았습니다.',
    en: 'What was good in training was mostly good in the test.',
  },
  test_failed: {
    severity: 'warning',
    ko: '학습에서 좋다고 검증에서도 좋지는 않았으니 과최적화를 의심하세요.',
    en: 'Being good in training did not mean being good in the test: suspect overfitting.',
  },
  test_unclear: {
    severity: 'warning',
    ko: '검증의 거래나 견줄 조합이 모자라 학습에서 좋던 것이 이어지는지 알 수 없습니다. 기간이나 종목을 넓히세요.',
    en: 'The test has too few trades or combinations to tell whether training carried over. Search a longer period or more symbols.',
  },
} as const;

function testVerdict({ pairs, correlation, rankOfBest }: OutOfSample): keyof typeof TEST_VERDICTS {
  if (correlation === null || rankOfBest === null) return 'test_unclear';
  return correlation >= RELATED && rankOfBest * 2 <= pairs + 1 ? 'test_held' : 'test_failed';
}

function tested({ best, outOfSample }: { best: Best; outOfSample: SearchSummary['outOfSample'] }, aim: Aim): Diagnosis {
  if (outOfSample === null)
    return {
      code: 'no_test',
      severity: 'warning',
      numbers: {},
      ko: '검증 구간 없이 찾았습니다. 이 수치는 고르는 데 쓴 자료의 것이라 앞날에 대해 말해 주는 것이 거의 없습니다. 기간을 나누어 다시 찾으세요.',
      en: 'There was no test period. These figures come from the data the choice was made on and say little about the future. Search again with a split.',
    };
  const { pairs, correlation, rankOfBest } = outOfSample;
  const [before, after] = [objectiveOf(best.train, aim), objectiveOf(best.test, aim)];
  const text = (value: number | null) => objectiveText(value, aim.objective);
  const related = ratioText(correlation);
  const rank = rankOfBest ?? '–';
  const code = testVerdict(outOfSample);
  const { severity, ko, en } = TEST_VERDICTS[code];
  return {
    code,
    severity,
    numbers: { pairs, ...(rankOfBest === null ? {} : { rankOfBest }), ...(correlation === null ? {} : { correlation }) },
    ko: `가장 좋은 조합은 학습 ${text(before)}, 검증 ${text(after)}이며 검증에서 ${pairs}개 중 ${rank}위입니다(학습과 검증의 상관 ${related}). ${ko}`,
    en: `The best scored ${text(before)} in training and ${text(after)} in the test, place ${rank} of ${pairs} there (correlation of training and test ${related}). ${en}`,
  };
}

function luck(trials: number): Diagnosis {
  return {
    code: 'trials',
    severity: 'warning',
    numbers: { trials },
    ko: `조합 ${grouped(trials)}개를 시험했습니다. 많이 시험할수록 우연히 좋은 것이 섞이므로 1등의 수치는 실제보다 좋아 보입니다(과최적화). 검증 수치와 고원을 보고 판단하고, 검증 결과를 보고 다시 고르지 마세요.`,
    en: `${grouped(trials)} combinations were tried. The more are tried, the more of them do well by luck, so the first looks better than it is (overfitting). Judge by the test and the plateau, and do not choose again after seeing the test.`,
  };
}
