import type { Numeric, Operand } from '../schema.ts';

/** An indicator that both know: names of its arguments and outputs there and here. */
export interface KisMatch {
  readonly ours: string;
  /** Theirs → ours; what theirs does not have is fixed. */
  readonly args: Readonly<Record<string, string>>;
  readonly fixed?: Readonly<Record<string, number>>;
  /** Ours that theirs does not have, and which of ours it is the same as. */
  readonly alike?: Readonly<Record<string, string>>;
  /** Theirs when nothing is said. */
  readonly defaults: Readonly<Record<string, number>>;
  /** Theirs → ours, the default first; null where both have one. */
  readonly outputs: Readonly<Record<string, string>> | null;
  /** Theirs is in per cent, ours a fraction. */
  readonly isPercent?: boolean;
  /** Reckoned in another way there, so that signals can fall on other days. */
  readonly differs?: { readonly ko: string; readonly en: string };
}

const ofPeriod = (ours: string, standard: number, more: Partial<KisMatch> = {}): KisMatch => ({
  ours,
  args: { period: 'period' },
  defaults: { period: standard },
  outputs: null,
  ...more,
});
const percent = { isPercent: true };
const RECURSIVE = {
  ko: 'KIS는 참값 범위의 단순평균을, 나래는 와일더 평균을 씁니다.',
  en: 'KIS averages the true range simply, Narae as Wilder does.',
};

/** By their id (constants.ts of their builder, indicator.py of their back-tester). */
export const KIS_INDICATORS: Readonly<Record<string, KisMatch>> = {
  sma: ofPeriod('sma', 20),
  ema: ofPeriod('ema', 20),
  dema: ofPeriod('dema', 20),
  tema: ofPeriod('tema', 20),
  hma: ofPeriod('hma', 20),
  zlema: ofPeriod('zlema', 20),
  kama: ofPeriod('kama', 10, { fixed: { fast: 2, slow: 30 } }),
  lwma: ofPeriod('wma', 20), // their `wma` is Wilder's average
  vwma: ofPeriod('vwma', 20),
  vwap: ofPeriod('vwap', 14),
  rsi: ofPeriod('rsi', 14),
  cci: ofPeriod('cci', 20),
  cmo: ofPeriod('cmo', 14),
  mfi: ofPeriod('mfi', 14),
  cmf: ofPeriod('cmf', 20),
  williams_r: ofPeriod('williams_r', 14),
  obv: { ours: 'obv', args: {}, defaults: {}, outputs: null },
  std: ofPeriod('stddev', 20),
  maximum: ofPeriod('highest', 20),
  max: ofPeriod('highest', 20),
  minimum: ofPeriod('lowest', 20),
  min: ofPeriod('lowest', 20),
  roc: ofPeriod('roc', 10, percent),
  momentum: ofPeriod('roc', 10, percent), // their momentum is the change in per cent
  returns: ofPeriod('roc', 60, percent),
  change: { ours: 'roc', args: {}, fixed: { period: 1 }, defaults: {}, outputs: null, ...percent },
  disparity: ofPeriod('disparity', 20, percent),
  trix: ofPeriod('trix', 15, percent),
  natr: ofPeriod('natr', 14, percent),
  atr: ofPeriod('atr', 14, { differs: RECURSIVE }),
  adx: ofPeriod('adx', 14, { outputs: { value: 'adx', plus_di: 'plus', minus_di: 'minus' } }),
  donchian: ofPeriod('donchian', 20, { outputs: { upper: 'upper', lower: 'lower' } }),
  macd: {
    ours: 'macd',
    args: { fast: 'fast', slow: 'slow', signal: 'signal' },
    defaults: { fast: 12, slow: 26, signal: 9 },
    outputs: { value: 'line', signal: 'signal', histogram: 'histogram' },
  },
  apo: {
    ours: 'macd',
    args: { fast: 'fast', slow: 'slow' },
    fixed: { signal: 9 },
    defaults: { fast: 12, slow: 26 },
    outputs: { value: 'line' },
  },
  ppo: {
    ours: 'ppo',
    args: { fast: 'fast', slow: 'slow' },
    fixed: { signal: 9 },
    defaults: { fast: 12, slow: 26 },
    outputs: { value: 'line', signal: 'signal', histogram: 'histogram' },
    ...percent,
  },
  stochastic: {
    ours: 'stochastic',
    args: { k_period: 'period', d_period: 'signal' },
    fixed: { smooth: 1 },
    defaults: { k_period: 14, d_period: 3 },
    outputs: { k: 'k', d: 'd' },
  },
  stochrsi: {
    ours: 'stoch_rsi',
    args: { rsi_period: 'rsi', stoch_period: 'period', k_period: 'smooth', d_period: 'signal' },
    defaults: { rsi_period: 14, stoch_period: 14, k_period: 3, d_period: 3 },
    outputs: { k: 'k', d: 'd' },
  },
  bollinger: {
    ours: 'bollinger',
    args: { period: 'period', std: 'deviations' },
    defaults: { period: 20, std: 2 },
    outputs: { middle: 'middle', upper: 'upper', lower: 'lower' },
  },
  keltner: {
    ours: 'keltner',
    args: { period: 'period', multiplier: 'multiple' },
    alike: { atr: 'period' },
    defaults: { period: 20, multiplier: 2 },
    outputs: { middle: 'middle', upper: 'upper', lower: 'lower' },
    differs: {
      ko: 'KIS는 가운데 선과 폭에 단순평균을, 나래는 지수평균과 와일더 ATR을 씁니다.',
      en: 'KIS uses simple averages for the middle and the width, Narae an exponential one and Wilder’s ATR.',
    },
  },
  ichimoku: {
    ours: 'ichimoku',
    args: { tenkan: 'conversion', kijun: 'base', senkou_b: 'leading' },
    defaults: { tenkan: 9, kijun: 26, senkou_b: 52 },
    outputs: { tenkan: 'conversion', kijun: 'base', senkou_a: 'span_a', senkou_b: 'span_b' },
  },
  supertrend: {
    ours: 'supertrend',
    args: { period: 'period', multiplier: 'multiple' },
    defaults: { period: 10, multiplier: 3 },
    outputs: null,
  },
};

const field = (name: 'open' | 'high' | 'low' | 'close') => ({ field: name }) as const;
const minus = (a: Operand, b: Operand): Operand => ({ op: '-', args: [a, b] });
const over = (a: Operand, b: Operand): Operand => ({ op: '/', args: [a, b] });
const closeExtreme = (indicator: string, period: Numeric): Operand => ({ indicator, args: { period } });

/** Indicators of theirs that are an expression here; import only. */
export const KIS_EXPRESSIONS: Readonly<Record<string, (period: Numeric) => Operand>> = {
  ibs: () => over(minus(field('close'), field('low')), minus(field('high'), field('low'))),
  bop: () => over(minus(field('close'), field('open')), minus(field('high'), field('low'))),
  midpoint: (period) => over({ op: '+', args: [closeExtreme('highest', period), closeExtreme('lowest', period)] }, 2),
  variance: (period) => ({ op: '*', args: [closeExtreme('stddev', period), closeExtreme('stddev', period)] }),
};
/** Bars that an expression above looks back when nothing is said. */
export const KIS_EXPRESSION_PERIODS: Readonly<Record<string, number>> = { midpoint: 14, variance: 20 };
