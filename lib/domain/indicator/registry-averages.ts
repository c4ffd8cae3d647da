import { EMA_MEMORY, type Indicators, ofInput, whole } from './indicator.ts';
import { ema, sma } from './moving-average.ts';
import { dema, hma, hullWindows, kama, tema, wma, zlema, zlemaLag } from './smoothed-average.ts';
import { disparity } from './statistic.ts';

/** Averages, and what is measured against one. */
export const averages: Indicators = {
  sma: ofInput('단순이동평균', 'Simple moving average', 20, sma),
  ema: ofInput('지수이동평균', 'Exponential moving average', 20, ema, { memory: ([period]) => period! * EMA_MEMORY }),
  wma: ofInput('가중이동평균', 'Weighted moving average', 20, wma),
  dema: ofInput('이중 지수이동평균', 'Double exponential moving average', 20, dema, {
    warmup: ([period]) => 2 * (period! - 1),
    memory: ([period]) => 2 * period! * EMA_MEMORY,
  }),
  tema: ofInput('삼중 지수이동평균', 'Triple exponential moving average', 20, tema, {
    warmup: ([period]) => 3 * (period! - 1),
    memory: ([period]) => 3 * period! * EMA_MEMORY,
  }),
  hma: ofInput('헐 이동평균', 'Hull moving average', 20, hma, {
    args: [whole('period', 20, 2)],
    warmup: ([period]) => period! - 1 + hullWindows(period!).root - 1,
  }),
  zlema: ofInput('무지연 지수이동평균', 'Zero-lag exponential moving average', 20, zlema, {
    warmup: ([period]) => zlemaLag(period!) + period! - 1,
    memory: ([period]) => period! * EMA_MEMORY,
  }),
  kama: {
    ko: '카우프만 적응이동평균',
    en: 'Kaufman adaptive moving average',
    args: [whole('period', 10), whole('fast', 2, 1, 100), whole('slow', 30, 2, 200)],
    takesInput: true,
    outputs: ['value'],
    unit: (unit) => unit,
    warmup: ([period]) => period!,
    // At its laziest it moves by (2 ÷ (slow + 1))² a bar.
    memory: ([, , slow]) => (slow! + 1) * (slow! + 1) * 4,
    compute: (input, _bars, [period, fast, slow]) => ({ value: kama(input, period!, fast!, slow!) }),
  },
  disparity: ofInput('이격도', 'Disparity', 20, disparity, { unit: () => 'ratio' }),
};
