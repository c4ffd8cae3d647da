import { numericWithin } from './compile-range.ts';
import type { CompileScope } from './compile-scope.ts';
import type { StrategyDocument } from './schema.ts';

export type Sizing = { readonly maxPositions: number } & (
  | { readonly kind: 'equal_weight' }
  | { readonly kind: 'percent_equity'; readonly percent: number }
  | { readonly kind: 'fixed_amount'; readonly amount: number }
);

export function compileSizing(draft: Partial<StrategyDocument>, scope: CompileScope): Sizing | null {
  const { sizing } = draft;
  if (!sizing) return null;
  const { maxPositions } = sizing;
  if (sizing.kind === 'equal_weight') return { kind: 'equal_weight', maxPositions };
  if (sizing.kind === 'percent_equity') {
    const percent = numericWithin(sizing.percent, ['sizing', 'percent'], scope, { min: 0.0001, max: 1 });
    return percent === null ? null : { kind: 'percent_equity', percent, maxPositions };
  }
  if (sizing.kind === 'fixed_amount') {
    const amount = numericWithin(sizing.amount, ['sizing', 'amount'], scope, { min: 1, max: 1e13, isWhole: true });
    return amount === null ? null : { kind: 'fixed_amount', amount, maxPositions };
  }
  return null;
}
