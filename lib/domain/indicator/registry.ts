import type { Unit } from '#domain/strategy/unit.ts';
import { highest, lowest } from './extreme.ts';
import { macd, roc, rsi } from './momentum.ts';
import { ema, sma } from './moving-average.ts';
import { atr, bollinger, stddev } from './volatility.ts';

/** The bars of one symbol as an indicator sees them: adjusted prices, one entry a bar. */
export interface BarColumns {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

export interface IndicatorArg {
  readonly name: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

/** One indicator: what it takes, what it gives, and how. The builder's form, the compiler and the evaluator all read this. */
export interface Indicator {
  readonly ko: string;
  readonly en: string;
  readonly args: readonly IndicatorArg[];
  /** False when it reads high, low and close itself and takes no input. */
  readonly takesInput: boolean;
  /** The first output is the default. */
  readonly outputs: readonly string[];
  unit(inputUnit: Unit): Unit;
  /** Bars before the first defined value. */
  warmup(args: readonly number[]): number;
  /** Bars of history after which a different start changes the value by less than about 1 part in 10^6; for averages without end. */
  memory?(args: readonly number[]): number;
  compute(input: Float64Array, bars: BarColumns, args: readonly number[]): Readonly<Record<string, Float64Array>>;
}

const whole = (name: string, standard: number, min = 1, max = 1000): IndicatorArg => ({ name, default: standard, min, max, isWhole: true });
const sameUnit = (unit: Unit) => unit;
const window = (args: readonly number[]) => args[0]! - 1;

function simple(
  ko: string,
  en: string,
  standard: number,
  compute: (input: Float64Array, period: number) => Float64Array,
  more: Partial<Indicator> = {},
): Indicator {
  return {
    ko,
    en,
    args: [whole('period', standard)],
    takesInput: true,
    outputs: ['value'],
    unit: sameUnit,
    warmup: window,
    compute: (input, _bars, args) => ({ value: compute(input, args[0]!) }),
    ...more,
  };
}

/** Every indicator by the name it has in a document. Formula and source stand at each function. */
export const INDICATORS: Readonly<Record<string, Indicator>> = {
  sma: simple('단순이동평균', 'Simple moving average', 20, sma),
  ema: simple('지수이동평균', 'Exponential moving average', 20, ema, { memory: (args) => args[0]! * 8 }),
  stddev: simple('표준편차', 'Standard deviation', 20, stddev),
  highest: simple('최고값', 'Highest', 20, highest),
  lowest: simple('최저값', 'Lowest', 20, lowest),
  roc: simple('변화율', 'Rate of change', 20, roc, { unit: () => 'ratio', warmup: (args) => args[0]! }),
  rsi: simple('RSI', 'Relative strength index', 14, rsi, {
    unit: () => 'index',
    warmup: (args) => args[0]!,
    memory: (args) => args[0]! * 15,
  }),
  macd: {
    ko: 'MACD',
    en: 'MACD',
    args: [whole('fast', 12), whole('slow', 26), whole('signal', 9)],
    takesInput: true,
    outputs: ['line', 'signal', 'histogram'],
    unit: sameUnit,
    warmup: ([fast, slow, signal]) => Math.max(fast!, slow!) - 1 + signal! - 1,
    memory: ([fast, slow, signal]) => (Math.max(fast!, slow!) + signal!) * 8,
    compute: (input, _bars, [fast, slow, signal]) => macd(input, fast!, slow!, signal!),
  },
  bollinger: {
    ko: '볼린저 밴드',
    en: 'Bollinger bands',
    args: [whole('period', 20, 2), { name: 'deviations', default: 2, min: 0.1, max: 10, isWhole: false }],
    takesInput: true,
    outputs: ['middle', 'upper', 'lower'],
    unit: sameUnit,
    warmup: window,
    compute: (input, _bars, [period, deviations]) => bollinger(input, period!, deviations!),
  },
  atr: {
    ko: '평균 실질 변동폭(ATR)',
    en: 'Average true range',
    args: [whole('period', 14)],
    takesInput: false,
    outputs: ['value'],
    unit: () => 'price',
    warmup: (args) => args[0]!,
    memory: (args) => args[0]! * 15,
    compute: (_input, bars, args) => ({ value: atr(bars.high, bars.low, bars.close, args[0]!) }),
  },
};
