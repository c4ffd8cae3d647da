import { donchian, ichimoku, keltner } from './channel.ts';
import { highest, lowest } from './extreme.ts';
import { EMA_MEMORY, fraction, type Indicators, ofBars, ofInput, WILDER_MEMORY, whole } from './indicator.ts';
import { gapRate } from './statistic.ts';
import { atr, bollinger, natr, stddev, trueRange } from './volatility.ts';

/** How wide prices swing, and bands around them. */
export const ranges: Indicators = {
  stddev: ofInput('표준편차', 'Standard deviation', 20, stddev),
  highest: ofInput('최고값', 'Highest', 20, highest),
  lowest: ofInput('최저값', 'Lowest', 20, lowest),
  bollinger: {
    ko: '볼린저 밴드',
    en: 'Bollinger bands',
    args: [whole('period', 20, 2), fraction('deviations', 2, 0.1, 10)],
    takesInput: true,
    outputs: ['middle', 'upper', 'lower'],
    unit: (unit) => unit,
    warmup: ([period]) => period! - 1,
    compute: (input, _bars, [period, deviations]) => bollinger(input, period!, deviations!),
  },
  keltner: {
    ko: '켈트너 채널',
    en: 'Keltner channel',
    args: [whole('period', 20), whole('atr', 10), fraction('multiple', 2, 0.1, 20)],
    takesInput: false,
    outputs: ['middle', 'upper', 'lower'],
    unit: () => 'price',
    warmup: ([period, atrPeriod]) => Math.max(period! - 1, atrPeriod!),
    memory: ([period, atrPeriod]) => Math.max(period! * EMA_MEMORY, atrPeriod! * WILDER_MEMORY),
    compute: (_input, bars, [period, atrPeriod, multiple]) => keltner(bars, period!, atrPeriod!, multiple!),
  },
  donchian: {
    ko: '돈치안 채널',
    en: 'Donchian channel',
    args: [whole('period', 20)],
    takesInput: false,
    outputs: ['upper', 'middle', 'lower'],
    unit: () => 'price',
    warmup: ([period]) => period! - 1,
    compute: (_input, bars, [period]) => donchian(bars, period!),
  },
  ichimoku: {
    ko: '일목균형표',
    en: 'Ichimoku',
    args: [whole('conversion', 9), whole('base', 26), whole('leading', 52)],
    takesInput: false,
    outputs: ['conversion', 'base', 'span_a', 'span_b'],
    unit: () => 'price',
    warmup: ([conversion, base, leading]) => Math.max(conversion!, base!, leading!) - 1 + base!,
    compute: (_input, bars, [conversion, base, leading]) => ichimoku(bars, conversion!, base!, leading!),
  },
  true_range: ofBars('실질 변동폭', 'True range', 1, 'price', ({ high, low, close }) => trueRange(high, low, close), {
    args: [],
    warmup: () => 1,
  }),
  atr: ofBars('평균 실질 변동폭(ATR)', 'Average true range', 14, 'price', ({ high, low, close }, period) => atr(high, low, close, period), {
    warmup: ([period]) => period!,
    memory: ([period]) => period! * WILDER_MEMORY,
  }),
  natr: ofBars('종가 대비 ATR', 'Normalised average true range', 14, 'ratio', natr, {
    warmup: ([period]) => period!,
    memory: ([period]) => period! * WILDER_MEMORY,
  }),
  gap_rate: ofBars('갭 비율', 'Gap rate', 1, 'ratio', gapRate, { args: [], warmup: () => 1 }),
};
