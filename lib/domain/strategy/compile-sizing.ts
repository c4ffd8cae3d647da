import { compileNumber } from './compile-operand.ts';
import { numericWithin } from './compile-range.ts';
import { type CompileScope, fault } from './compile-scope.ts';
import type { NumberNode } from './expression.ts';
import type { StrategyDocument } from './schema.ts';

/** Sizing with numbers filled in. Rates are fractions, amounts whole won. */
export type Sizing = { readonly maxPositions: number } & (
  | { readonly kind: 'equal_weight' }
  | { readonly kind: 'percent_equity'; readonly percent: number }
  | { readonly kind: 'fixed_amount'; readonly amount: number }
  | { readonly kind: 'risk_per_trade'; readonly risk: number }
  /** `node`: the standard deviation of a symbol's returns from bar to bar. */
  | { readonly kind: 'volatility_target'; readonly volatility: number; readonly period: number; readonly node: NumberNode }
  | {
      readonly kind: 'weights';
      readonly weights: Readonly<Record<string, number>> | null;
      readonly rebalance: 'daily' | 'weekly' | 'monthly';
      readonly tolerance: number;
    }
);

const FRACTION = { min: 0.0001, max: 1 };

/** Null, with the faults written to the scope, when the sizing is missing or faulty. */
export function compileSizing(draft: Partial<StrategyDocument>, scope: CompileScope): Sizing | null {
  const { sizing } = draft;
  if (!sizing) return null;
  const { maxPositions } = sizing;
  switch (sizing.kind) {
    case 'equal_weight':
      return { kind: 'equal_weight', maxPositions };
    case 'percent_equity': {
      const percent = numericWithin(sizing.percent, ['sizing', 'percent'], scope, FRACTION);
      return percent === null ? null : { kind: 'percent_equity', percent, maxPositions };
    }
    case 'fixed_amount': {
      const amount = numericWithin(sizing.amount, ['sizing', 'amount'], scope, { min: 1, max: 1e13, isWhole: true });
      return amount === null ? null : { kind: 'fixed_amount', amount, maxPositions };
    }
    case 'risk_per_trade': {
      const { loss, trailing, atr } = draft.stops ?? {};
      if (loss === undefined && trailing === undefined && atr === undefined)
        fault(
          scope,
          ['sizing'],
          'risk_needs_stop',
          '손실 한도로 수량을 정하려면 손절 기준(loss, trailing, atr 중 하나)이 있어야 합니다. stops에 넣으세요.',
          'Sizing by risk needs a stop to measure it by (loss, trailing or atr). Add one under stops.',
        );
      const risk = numericWithin(sizing.risk, ['sizing', 'risk'], scope, FRACTION);
      return risk === null ? null : { kind: 'risk_per_trade', risk, maxPositions };
    }
    case 'volatility_target': {
      const volatility = numericWithin(sizing.volatility, ['sizing', 'volatility'], scope, { min: 0.001, max: 10 });
      const period = numericWithin(sizing.period, ['sizing', 'period'], scope, { min: 2, max: 1000, isWhole: true });
      if (volatility === null || period === null) return null;
      const returns = { indicator: 'roc', args: { period: 1 } };
      const node = compileNumber({ indicator: 'stddev', input: returns, args: { period } }, ['sizing'], scope);
      return node && { kind: 'volatility_target', volatility, period, node, maxPositions };
    }
    case 'weights': {
      const { weights = null, rebalance, tolerance } = sizing;
      if (weights && typeof weights === 'object') checkWeights(weights, scope);
      return { kind: 'weights', weights, rebalance, tolerance, maxPositions };
    }
    default:
      return null;
  }
}

/** Weights are decimal fractions, whose binary sum may be a hair above 1. */
const ROUNDING = 1e-9;

function checkWeights(weights: Readonly<Record<string, number>>, scope: CompileScope): void {
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  if (sum > 1 + ROUNDING)
    fault(
      scope,
      ['sizing', 'weights'],
      'weights_above_one',
      `비중의 합이 1을 넘습니다 (지금 ${sum}). 빌린 돈으로 사지 않으므로 1 이하로 줄이세요.`,
      `The weights add up to more than 1 (now ${sum}). Nothing is bought on credit: bring the sum down to 1 or less.`,
    );
}
