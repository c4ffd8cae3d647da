import { INDICATORS } from '#domain/indicator/registry.ts';
import type { ConditionNode, NumberNode } from './expression.ts';
import type { Arithmetic, BarField, Comparison } from './schema.ts';

/** One symbol's bars, adjusted prices, oldest first; null for a field that the data does not have. */
export type SymbolBars = Readonly<Record<BarField, Float64Array | null>> & {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
};

/** What a condition may know about a position; prices on the adjusted scale of the bars. */
export interface HeldFacts {
  readonly entryPrice: number;
  readonly barsHeld: number;
  readonly unrealisedRate: number;
}

/** Truth with a third answer: during warm-up nothing is known, and `not` of unknown is unknown. */
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

/**
 * Computes columns of expressions over one symbol's bars, each key once. Every column is causal: its value at bar i reads bars ≤ i.
 */
export class Evaluator {
  private readonly bars: SymbolBars;
  private readonly length: number;
  private readonly numbers = new Map<string, Float64Array>();
  private readonly truths = new Map<string, Uint8Array>();
  private readonly series = new Map<string, Readonly<Record<string, Float64Array>>>();

  constructor(bars: SymbolBars) {
    this.bars = bars;
    this.length = bars.close.length;
  }

  /** Values it keeps, so that who evaluates many documents on it knows when to begin afresh. */
  get kept(): number {
    return (this.numbers.size + this.truths.size + this.series.size) * this.length;
  }

  number(node: NumberNode): Float64Array {
    const known = this.numbers.get(node.key);
    if (known) return known;
    const column = this.computeNumber(node);
    this.numbers.set(node.key, column);
    return column;
  }

  condition(node: ConditionNode): Uint8Array {
    const known = this.truths.get(node.key);
    if (known) return known;
    const column = this.computeCondition(node);
    this.truths.set(node.key, column);
    return column;
  }

  /** The same condition at one bar with a position held: the path for conditions that read the position. */
  conditionAt(node: ConditionNode, i: number, held: HeldFacts): number {
    if (!node.isLive) return this.condition(node)[i]!;
    switch (node.kind) {
      case 'compare':
        return compare(node.op, this.numberAt(node.left, i, held), this.numberAt(node.right, i, held));
      case 'not':
        return negate(this.conditionAt(node.of, i, held));
      case 'all':
        return node.of.reduce((sum, part) => both(sum, this.conditionAt(part, i, held)), TRUE as number);
      case 'any':
        return node.of.reduce((sum, part) => either(sum, this.conditionAt(part, i, held)), FALSE as number);
      default:
        throw new Error(`a ${node.kind} condition cannot read the position`); // the compiler refuses these
    }
  }

  private numberAt(node: NumberNode, i: number, held: HeldFacts): number {
    if (!node.isLive) return this.number(node)[i]!;
    if (node.kind === 'position') {
      return node.field === 'entry_price' ? held.entryPrice : node.field === 'bars_held' ? held.barsHeld : held.unrealisedRate;
    }
    if (node.kind === 'arithmetic') return arithmetic(node.op, this.numberAt(node.left, i, held), this.numberAt(node.right, i, held));
    throw new Error(`a ${node.kind} cannot read the position`);
  }

  private computeNumber(node: NumberNode): Float64Array {
    switch (node.kind) {
      case 'constant':
        return new Float64Array(this.length).fill(node.value);
      case 'field':
        return this.bars[node.field] ?? new Float64Array(this.length).fill(Number.NaN);
      case 'indicator':
        return this.indicator(node);
      case 'shift': {
        const out = new Float64Array(this.length).fill(Number.NaN);
        if (node.bars < this.length) out.set(this.number(node.of).subarray(0, this.length - node.bars), node.bars);
        return out;
      }
      case 'arithmetic': {
        const left = this.number(node.left);
        const right = this.number(node.right);
        const out = new Float64Array(this.length);
        for (let i = 0; i < out.length; i += 1) out[i] = arithmetic(node.op, left[i]!, right[i]!);
        return out;
      }
      case 'position':
        throw new Error('a position field has no column');
    }
  }

  private indicator(node: NumberNode & { kind: 'indicator' }): Float64Array {
    let outputs = this.series.get(node.seriesKey);
    if (!outputs) {
      const input = node.input ? this.number(node.input) : this.bars.close;
      outputs = INDICATORS[node.name]!.compute(input, this.bars, node.args);
      this.series.set(node.seriesKey, outputs);
    }
    return outputs[node.output]!;
  }

  private computeCondition(node: ConditionNode): Uint8Array {
    switch (node.kind) {
      case 'compare':
        return compareColumns(node.op, this.number(node.left), this.number(node.right));
      case 'cross':
        return crossColumns(node.direction, this.number(node.left), this.number(node.right));
      case 'trend':
        return trendColumn(node.direction, this.number(node.of), node.bars);
      case 'not':
        return negateColumn(this.condition(node.of));
      case 'all':
        return node.of.map((part) => this.condition(part)).reduce((sum, part) => joinColumns(sum, part, both));
      case 'any':
        return node.of.map((part) => this.condition(part)).reduce((sum, part) => joinColumns(sum, part, either));
      case 'for':
        return windowColumn(this.condition(node.of), node.bars, both, TRUE);
      case 'within':
        return windowColumn(this.condition(node.of), node.bars, either, FALSE);
    }
  }
}

const negate = (truth: number): number => (truth === UNKNOWN ? UNKNOWN : 1 - truth);
const both = (a: number, b: number): number => (a === FALSE || b === FALSE ? FALSE : a === UNKNOWN || b === UNKNOWN ? UNKNOWN : TRUE);
const either = (a: number, b: number): number => (a === TRUE || b === TRUE ? TRUE : a === UNKNOWN || b === UNKNOWN ? UNKNOWN : FALSE);

function arithmetic(op: Arithmetic, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? Number.NaN : a / b; // a quotient by zero is unknown, not infinite
    case 'min':
      return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b);
    case 'max':
      return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b);
  }
}

function compare(op: Comparison, a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return UNKNOWN;
  switch (op) {
    case '<':
      return a < b ? TRUE : FALSE;
    case '<=':
      return a <= b ? TRUE : FALSE;
    case '>':
      return a > b ? TRUE : FALSE;
    case '>=':
      return a >= b ? TRUE : FALSE;
    case '==':
      return a === b ? TRUE : FALSE;
    case '!=':
      return a !== b ? TRUE : FALSE;
  }
}

// Plain loops: the arrays' own map() calls back once a bar and costs several times as much.
function negateColumn(of: Uint8Array): Uint8Array {
  const out = new Uint8Array(of.length);
  for (let i = 0; i < out.length; i += 1) out[i] = negate(of[i]!);
  return out;
}

function joinColumns(a: Uint8Array, b: Uint8Array, join: (a: number, b: number) => number): Uint8Array {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < out.length; i += 1) out[i] = join(a[i]!, b[i]!);
  return out;
}

function compareColumns(op: Comparison, left: Float64Array, right: Float64Array): Uint8Array {
  const out = new Uint8Array(left.length);
  for (let i = 0; i < out.length; i += 1) out[i] = compare(op, left[i]!, right[i]!);
  return out;
}

/** Above now and not above on the bar before (touching counts as not above): fires on one bar only. */
function crossColumns(direction: 1 | -1, left: Float64Array, right: Float64Array): Uint8Array {
  const out = new Uint8Array(left.length);
  let before = Number.NaN;
  for (let i = 0; i < out.length; i += 1) {
    const now = (left[i]! - right[i]!) * direction;
    // Tested first that it is not known: from the end of the warm-up on that is never so, and costs nothing.
    if (Number.isNaN(before) || Number.isNaN(now)) out[i] = UNKNOWN;
    else out[i] = before <= 0 && now > 0 ? TRUE : FALSE;
    before = now;
  }
  return out;
}

/** Strictly rising (falling) on each of the last `bars` steps. */
function trendColumn(direction: 1 | -1, of: Float64Array, bars: number): Uint8Array {
  const out = new Uint8Array(of.length).fill(UNKNOWN);
  let run = 0;
  let known = 0;
  for (let i = 1; i < out.length; i += 1) {
    const step = (of[i]! - of[i - 1]!) * direction;
    known = Number.isNaN(step) ? 0 : known + 1;
    run = step > 0 ? run + 1 : 0;
    if (known >= bars) out[i] = run >= bars ? TRUE : FALSE;
  }
  return out;
}

function windowColumn(of: Uint8Array, bars: number, join: (a: number, b: number) => number, start: number): Uint8Array {
  const out = new Uint8Array(of.length).fill(UNKNOWN);
  for (let i = bars - 1; i < out.length; i += 1) {
    let truth = start;
    for (let j = i - bars + 1; j <= i; j += 1) truth = join(truth, of[j]!);
    out[i] = truth;
  }
  return out;
}
