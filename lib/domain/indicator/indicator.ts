import type { Unit } from '#domain/strategy/unit.ts';
import type { BarColumns } from './bar-columns.ts';

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
  /** False when it reads the bars themselves and takes no input. */
  readonly takesInput: boolean;
  /** The first output is the default. */
  readonly outputs: readonly string[];
  unit(inputUnit: Unit): Unit;
  /** Bars before the first value of every output. */
  warmup(args: readonly number[]): number;
  /** Bars of history after which a different start changes the value by less than about 1 part in 10^6; for averages without end. */
  memory?(args: readonly number[]): number;
  compute(input: Float64Array, bars: BarColumns, args: readonly number[]): Readonly<Record<string, Float64Array>>;
}
export type Indicators = Readonly<Record<string, Indicator>>;

export const whole = (name: string, standard: number, min = 1, max = 1000): IndicatorArg => ({
  name,
  default: standard,
  min,
  max,
  isWhole: true,
});
export const fraction = (name: string, standard: number, min: number, max: number): IndicatorArg => ({
  name,
  default: standard,
  min,
  max,
  isWhole: false,
});

/** An average that never ends forgets its start to 1 part in 10^6 after about 8 periods (k = 2/(n+1)), Wilder's after about 15. */
export const EMA_MEMORY = 8;
export const WILDER_MEMORY = 15;

/** Over an input, with one period and one output in the input's unit. */
export function ofInput(
  ko: string,
  en: string,
  standard: number,
  compute: (input: Float64Array, period: number, bars: BarColumns) => Float64Array,
  more: Partial<Indicator> = {},
): Indicator {
  return {
    ko,
    en,
    args: [whole('period', standard)],
    takesInput: true,
    outputs: ['value'],
    unit: (unit) => unit,
    warmup: (args) => args[0]! - 1,
    compute: (input, bars, args) => ({ value: compute(input, args[0]!, bars) }),
    ...more,
  };
}

/** Over the bars themselves, with one period and one output. */
export function ofBars(
  ko: string,
  en: string,
  standard: number,
  unit: Unit,
  compute: (bars: BarColumns, period: number) => Float64Array,
  more: Partial<Indicator> = {},
): Indicator {
  return {
    ...ofInput(ko, en, standard, (_input, period, bars) => compute(bars, period)),
    takesInput: false,
    unit: () => unit,
    ...more,
  };
}
