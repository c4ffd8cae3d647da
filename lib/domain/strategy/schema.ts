import { z } from 'zod';
import { market } from '#domain/market/instrument.ts';
import { symbol } from '#domain/order/order.ts';

/**
 * The strategy document `narae.strategy/1`: the builder's state, the engine's input and the auto-trader's programme. This file
 * says what the JSON looks like; compile.ts says whether it means something. Rates are fractions, amounts whole won.
 */
export const STRATEGY_SCHEMA = 'narae.strategy/1';

export const TIMEFRAMES = ['1d', '1w', '1m', '3m', '5m', '10m', '15m', '30m', '60m'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

export const BAR_FIELDS = ['open', 'high', 'low', 'close', 'volume', 'value', 'market_cap', 'listed_shares'] as const;
export type BarField = (typeof BAR_FIELDS)[number];
/** Known only while a position is held, so they belong in exits. */
export const POSITION_FIELDS = ['entry_price', 'bars_held', 'unrealised_rate'] as const;
export type PositionField = (typeof POSITION_FIELDS)[number];

export const ARITHMETIC = ['+', '-', '*', '/', 'min', 'max'] as const;
export type Arithmetic = (typeof ARITHMETIC)[number];
export const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='] as const;
export type Comparison = (typeof COMPARISONS)[number];
export const CROSSINGS = ['crosses_above', 'crosses_below'] as const;
export type Crossing = (typeof CROSSINGS)[number];
export const TRENDS = ['rising', 'falling'] as const;
export type Trend = (typeof TRENDS)[number];

/** A number, or the name of one of the document's parameters. */
export type Numeric = number | { readonly param: string };

/** `shift: n` reads the operand n bars ago. */
export type Operand =
  | number
  | { readonly param: string }
  | { readonly field: BarField | PositionField; readonly shift?: Numeric }
  | {
      readonly indicator: string;
      readonly args?: Readonly<Record<string, Numeric>>;
      readonly input?: Operand;
      readonly output?: string;
      readonly shift?: Numeric;
    }
  | { readonly op: Arithmetic; readonly args: readonly Operand[]; readonly shift?: Numeric };

/** `for: n`: has held on the last n bars. `within: n`: held on at least one of the last n bars. */
interface Duration {
  readonly for?: Numeric;
  readonly within?: Numeric;
}
export type Condition =
  | ({ readonly all: readonly Condition[] } & Duration)
  | ({ readonly any: readonly Condition[] } & Duration)
  | ({ readonly not: Condition } & Duration)
  | ({ readonly left: Operand; readonly op: Comparison | Crossing; readonly right: Operand } & Duration)
  | ({ readonly left: Operand; readonly op: Trend; readonly bars: Numeric } & Duration);

const numeric = z.union([z.number(), z.strictObject({ param: z.string() })]);
const param = z.strictObject({
  default: z.number(),
  min: z.number(),
  max: z.number(),
  step: z.number().positive(),
  ko: z.string().optional(),
  en: z.string().optional(),
});
/** Conditions and operands nest without end; the compiler walks them so that every fault has its own path and sentence. */
const condition = z.custom<Condition>((value) => value !== undefined);
const operand = z.custom<Operand>((value) => value !== undefined);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const MAX_POSITIONS = 500;

export const strategyDocument = z.strictObject({
  schema: z.literal(STRATEGY_SCHEMA),
  name: z.string().trim().min(1).max(100),
  note: z.string().max(2000).default(''),
  timeframe: z.enum(TIMEFRAMES),
  params: z.record(z.string().regex(/^[a-z][a-zA-Z0-9_]{0,30}$/), param).default({}),
  universe: z
    .strictObject({
      markets: z.array(market).default(['KOSPI', 'KOSDAQ']),
      /** Empty means every symbol of the markets. */
      symbols: z.array(symbol).max(5000).default([]),
      exclude: z.array(symbol).max(5000).default([]),
      filters: z.array(condition).max(20).default([]),
      rank: z
        .strictObject({ by: operand, order: z.enum(['asc', 'desc']).default('desc'), limit: z.int().min(1).max(5000).optional() })
        .optional(),
      refresh: z.enum(['daily', 'weekly', 'monthly']).default('monthly'),
    })
    .prefault({}),
  entry: condition,
  exit: condition.optional(),
  stops: z
    .strictObject({
      loss: numeric.optional(),
      profit: numeric.optional(),
      trailing: numeric.optional(),
      atr: z.strictObject({ period: numeric, multiple: numeric }).optional(),
      maxBars: numeric.optional(),
    })
    .prefault({}),
  sizing: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('equal_weight'), maxPositions: z.int().min(1).max(MAX_POSITIONS) }),
    z.strictObject({ kind: z.literal('percent_equity'), percent: numeric, maxPositions: z.int().min(1).max(MAX_POSITIONS) }),
    z.strictObject({ kind: z.literal('fixed_amount'), amount: numeric, maxPositions: z.int().min(1).max(MAX_POSITIONS) }),
    /** `risk`: the part of the equity that is lost when the position meets its stop. */
    z.strictObject({ kind: z.literal('risk_per_trade'), risk: numeric, maxPositions: z.int().min(1).max(MAX_POSITIONS) }),
    /** `volatility`: of the whole portfolio, yearly; each symbol's own is measured over `period` bars. */
    z.strictObject({
      kind: z.literal('volatility_target'),
      volatility: numeric,
      period: numeric,
      maxPositions: z.int().min(1).max(MAX_POSITIONS),
    }),
    /** Without `weights` every position has an equal part. `tolerance`: the part of its target a position may be off. */
    z.strictObject({
      kind: z.literal('weights'),
      weights: z.record(symbol, z.number().gt(0).max(1)).optional(),
      rebalance: z.enum(['daily', 'weekly', 'monthly']),
      tolerance: z.number().min(0).max(1).default(0),
      maxPositions: z.int().min(1).max(MAX_POSITIONS),
    }),
  ]),
  execution: z
    .strictObject({
      at: z.enum(['next_open', 'next_close', 'this_close_auction']).default('next_open'),
      orderType: z.enum(['market', 'limit']).default('market'),
      limitOffsetTicks: z.int().min(-100).max(100).default(0),
      /** The most of one bar's volume that our fills may take. */
      participation: z.number().gt(0).max(1).default(0.1),
    })
    .prefault({}),
  costs: z
    .strictObject({
      commissionRate: z.number().min(0).max(0.05).default(0.00015),
      tax: z.union([z.enum(['krx', 'none']), z.strictObject({ rate: z.number().min(0).max(0.05) })]).default('krx'),
      slippage: z
        .discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('none') }),
          z.strictObject({ kind: z.literal('ticks'), value: z.int().min(0).max(100) }),
          z.strictObject({ kind: z.literal('rate'), value: z.number().min(0).max(0.2) }),
          /** `value`: the part of the price that an order as large as the bar's whole volume would move. */
          z.strictObject({ kind: z.literal('impact'), value: z.number().min(0).max(1) }),
        ])
        .default({ kind: 'ticks', value: 1 }),
    })
    .prefault({}),
  sessions: z
    .strictObject({ entryFrom: clock.optional(), entryUntil: clock.optional(), exitAllBeforeClose: z.boolean().default(false) })
    .prefault({}),
});

/** A document with every default filled in. */
export type StrategyDocument = z.output<typeof strategyDocument>;
/** A document as people write it: defaults may be left out. */
export type StrategyDraft = z.input<typeof strategyDocument>;
