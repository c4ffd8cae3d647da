import { z } from 'zod';

/**
 * KIS's strategy file (`.kis.yaml`, version 1.0) as its builder and its back-tester read and write it
 * (github.com/koreainvestment/open-trading-api, backtester/kis_backtest/file/schema.py, read 2026-11-22). Daily bars; percentages are
 * plain numbers (5 is 5 %); `$name` stands for a parameter.
 */
const scalar = z.union([z.number(), z.string()]);

const kisIndicator = z.object({
  id: z.string(),
  /** What conditions call it; without one `sma_1`, `sma_2` … by kind. */
  alias: z.string().nullish(),
  params: z.record(z.string(), z.unknown()).nullish(),
  output: z.string().nullish(),
});
export type KisIndicator = z.input<typeof kisIndicator>;

const kisCondition = z.object({
  /** An alias, or `open`, `high`, `low`, `close`. */
  indicator: z.string().nullish(),
  output: z.string().nullish(),
  operator: z.string().nullish(),
  compare_to: scalar.nullish(),
  compare_output: z.string().nullish(),
  value: scalar.nullish(),
  compare_scalar: z.number().nullish(),
  compare_operation: z.string().nullish(),
  candlestick: z.string().nullish(),
});
export type KisCondition = z.input<typeof kisCondition>;

const kisGroup = z.object({ logic: z.enum(['AND', 'OR']).nullish(), conditions: z.array(kisCondition).max(100).nullish() });
export type KisGroup = z.input<typeof kisGroup>;

const kisStop = z.object({ enabled: z.boolean().nullish(), percent: scalar.nullish() });
const kisParam = z.object({
  default: z.number(),
  min: z.number().nullish(),
  max: z.number().nullish(),
  type: z.string().nullish(),
  description: z.string().nullish(),
});

export const kisFile = z.object({
  version: z.string().nullish(),
  metadata: z
    .object({
      name: z.string().nullish(),
      description: z.string().nullish(),
      author: z.string().nullish(),
      tags: z.array(z.string()).nullish(),
    })
    .nullish(),
  strategy: z.object({
    id: z.string().nullish(),
    category: z.string().nullish(),
    params: z.record(z.string(), kisParam).nullish(),
    indicators: z.array(kisIndicator).max(100).nullish(),
    candlesticks: z.array(z.unknown()).nullish(),
    entry: kisGroup.nullish(),
    exit: kisGroup.nullish(),
  }),
  risk: z
    .object({
      stop_loss: kisStop.nullish(),
      take_profit: kisStop.nullish(),
      trailing_stop: kisStop.nullish(),
      max_position_size: scalar.nullish(),
    })
    .nullish(),
});
export type KisFile = z.input<typeof kisFile>;

export const KIS_PRICES = ['open', 'high', 'low', 'close'] as const;

/** Their operators, in the long and the short form, and ours. */
export const KIS_OPERATORS = {
  greater_than: '>',
  less_than: '<',
  greater_equal: '>=',
  less_equal: '<=',
  equals: '==',
  not_equal: '!=',
  cross_above: 'crosses_above',
  cross_below: 'crosses_below',
  gt: '>',
  lt: '<',
  gte: '>=',
  lte: '<=',
  eq: '==',
  crosses_above: 'crosses_above',
  crosses_below: 'crosses_below',
} as const;

/** What `compare_scalar` does to the right side. */
export const KIS_SCALES = { mul: '*', div: '/', add: '+', sub: '-' } as const;

/** What a table has under a name that a file gives; never what every object has, like `constructor`. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
