import type { Arithmetic, BarField, Comparison, PositionField } from './schema.ts';
import type { Unit } from './unit.ts';

/**
 * The compiled form of operands and conditions: parameters filled in, names resolved, units checked. `key` is the canonical
 * text of a node; equal keys mean equal columns, so a column is computed once however often it is written.
 */
interface NodeFacts {
  readonly key: string;
  /** Bars of history before the node is defined. */
  readonly warmup: number;
  /** Reads the position, so it has no column and is evaluated bar by bar while one is held. */
  readonly isLive: boolean;
}
export type NumberNode = NodeFacts & { readonly unit: Unit } & (
    | { readonly kind: 'constant'; readonly value: number }
    | { readonly kind: 'field'; readonly field: BarField }
    | { readonly kind: 'position'; readonly field: PositionField }
    | {
        readonly kind: 'indicator';
        readonly name: string;
        readonly output: string;
        readonly args: readonly number[];
        readonly input: NumberNode | null;
        readonly seriesKey: string;
      }
    | { readonly kind: 'shift'; readonly of: NumberNode; readonly bars: number }
    | { readonly kind: 'arithmetic'; readonly op: Arithmetic; readonly left: NumberNode; readonly right: NumberNode }
  );
export type ConditionNode = NodeFacts &
  (
    | { readonly kind: 'compare'; readonly op: Comparison; readonly left: NumberNode; readonly right: NumberNode }
    | { readonly kind: 'cross'; readonly direction: 1 | -1; readonly left: NumberNode; readonly right: NumberNode }
    | { readonly kind: 'trend'; readonly direction: 1 | -1; readonly of: NumberNode; readonly bars: number }
    | { readonly kind: 'all' | 'any'; readonly of: readonly ConditionNode[] }
    | { readonly kind: 'not'; readonly of: ConditionNode }
    | { readonly kind: 'for' | 'within'; readonly of: ConditionNode; readonly bars: number }
  );
