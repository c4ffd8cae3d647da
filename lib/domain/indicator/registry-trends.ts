import { fraction, type Indicators, ofInput, WILDER_MEMORY, whole } from './indicator.ts';
import { slope } from './statistic.ts';
import { adx, aroon, parabolicSar, supertrend } from './trend.ts';

/** A trailing line depends on where it last turned; after this many bars it has turned whatever the start was. */
const TURNS_WITHIN = 250;

/** Which way a trend goes, and how strongly. */
export const trends: Indicators = {
  adx: {
    ko: 'ADX',
    en: 'Directional movement',
    args: [whole('period', 14)],
    takesInput: false,
    outputs: ['adx', 'plus', 'minus'],
    unit: () => 'index',
    warmup: ([period]) => 2 * period! - 1,
    memory: ([period]) => 2 * period! * WILDER_MEMORY,
    compute: (_input, bars, [period]) => adx(bars, period!),
  },
  aroon: {
    ko: '아룬',
    en: 'Aroon',
    args: [whole('period', 25)],
    takesInput: false,
    outputs: ['oscillator', 'up', 'down'],
    unit: () => 'index',
    warmup: ([period]) => period!,
    compute: (_input, bars, [period]) => aroon(bars, period!),
  },
  supertrend: {
    ko: '슈퍼트렌드',
    en: 'Supertrend',
    args: [whole('period', 10), fraction('multiple', 3, 0.1, 20)],
    takesInput: false,
    outputs: ['value'],
    unit: () => 'price',
    warmup: ([period]) => period!,
    memory: ([period]) => period! * WILDER_MEMORY + TURNS_WITHIN,
    compute: (_input, bars, [period, multiple]) => ({ value: supertrend(bars, period!, multiple!) }),
  },
  parabolic_sar: {
    ko: '파라볼릭 SAR',
    en: 'Parabolic SAR',
    args: [fraction('step', 0.02, 0.001, 0.5), fraction('most', 0.2, 0.01, 1)],
    takesInput: false,
    outputs: ['value'],
    unit: () => 'price',
    warmup: () => 1,
    memory: () => TURNS_WITHIN,
    compute: (_input, bars, [step, most]) => ({ value: parabolicSar(bars, step!, most!) }),
  },
  slope: ofInput('회귀 기울기', 'Regression slope', 20, slope, { args: [whole('period', 20, 2)] }),
};
