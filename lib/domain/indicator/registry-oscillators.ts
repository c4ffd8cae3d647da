import { EMA_MEMORY, type Indicators, ofBars, ofInput, WILDER_MEMORY, whole } from './indicator.ts';
import { macd, roc, rsi } from './momentum.ts';
import { cci, cmo, momentum, ppo, stochastic, stochRsi, trix, williamsR } from './oscillator.ts';
import { percentRank, zScore } from './statistic.ts';

const fastSlowSignal = [whole('fast', 12), whole('slow', 26), whole('signal', 9)];
const fastSlowWarmup = ([fast, slow, signal]: readonly number[]) => Math.max(fast!, slow!) - 1 + signal! - 1;
const fastSlowMemory = ([fast, slow, signal]: readonly number[]) => (Math.max(fast!, slow!) + signal!) * EMA_MEMORY;

/** How fast and how far a value has moved. */
export const oscillators: Indicators = {
  momentum: ofInput('모멘텀', 'Momentum', 10, momentum, { warmup: ([period]) => period! }),
  roc: ofInput('변화율', 'Rate of change', 20, roc, { unit: () => 'ratio', warmup: ([period]) => period! }),
  rsi: ofInput('RSI', 'Relative strength index', 14, rsi, {
    unit: () => 'index',
    warmup: ([period]) => period!,
    memory: ([period]) => period! * WILDER_MEMORY,
  }),
  macd: {
    ko: 'MACD',
    en: 'MACD',
    args: fastSlowSignal,
    takesInput: true,
    outputs: ['line', 'signal', 'histogram'],
    unit: (unit) => unit,
    warmup: fastSlowWarmup,
    memory: fastSlowMemory,
    compute: (input, _bars, [fast, slow, signal]) => macd(input, fast!, slow!, signal!),
  },
  ppo: {
    ko: '백분율 가격 오실레이터(PPO)',
    en: 'Percentage price oscillator',
    args: fastSlowSignal,
    takesInput: true,
    outputs: ['line', 'signal', 'histogram'],
    unit: () => 'ratio',
    warmup: fastSlowWarmup,
    memory: fastSlowMemory,
    compute: (input, _bars, [fast, slow, signal]) => ppo(input, fast!, slow!, signal!),
  },
  trix: ofInput('TRIX', 'TRIX', 15, trix, {
    unit: () => 'ratio',
    warmup: ([period]) => 3 * (period! - 1) + 1,
    memory: ([period]) => 3 * period! * EMA_MEMORY,
  }),
  cmo: ofInput('샹드 모멘텀(CMO)', 'Chande momentum oscillator', 14, cmo, { unit: () => 'index', warmup: ([period]) => period! }),
  stochastic: {
    ko: '스토캐스틱',
    en: 'Stochastic',
    args: [whole('period', 14), whole('smooth', 3), whole('signal', 3)],
    takesInput: false,
    outputs: ['k', 'd'],
    unit: () => 'index',
    warmup: ([period, smooth, signal]) => period! + smooth! + signal! - 3,
    compute: (_input, bars, [period, smooth, signal]) => stochastic(bars, period!, smooth!, signal!),
  },
  stoch_rsi: {
    ko: '스토캐스틱 RSI',
    en: 'Stochastic RSI',
    args: [whole('rsi', 14), whole('period', 14), whole('smooth', 3), whole('signal', 3)],
    takesInput: true,
    outputs: ['k', 'd'],
    unit: () => 'index',
    warmup: ([rsiPeriod, period, smooth, signal]) => rsiPeriod! + period! + smooth! + signal! - 3,
    memory: ([rsiPeriod]) => rsiPeriod! * WILDER_MEMORY,
    compute: (input, _bars, [rsiPeriod, period, smooth, signal]) => stochRsi(input, rsiPeriod!, period!, smooth!, signal!),
  },
  williams_r: ofBars('윌리엄스 %R', 'Williams %R', 14, 'index', williamsR),
  cci: ofBars('CCI', 'Commodity channel index', 20, 'index', cci),
  z_score: ofInput('표준점수', 'Z-score', 20, zScore, { unit: () => 'number' }),
  percent_rank: ofInput('백분위', 'Percentile rank', 100, percentRank, { unit: () => 'index', warmup: ([period]) => period! }),
};
