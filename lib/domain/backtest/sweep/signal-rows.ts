import { type Evaluator, TRUE } from '#domain/strategy/evaluate.ts';
import type { ConditionNode, NumberNode } from '#domain/strategy/expression.ts';

/** Rows at which something holds, ascending: the first `count` of `rows`. */
export interface RowList {
  readonly rows: Int32Array;
  readonly count: number;
}
const NO_ROWS: RowList = { rows: new Int32Array(0), count: 0 };

interface Crossing {
  left: string;
  right: string;
  readonly up: { rows: Int32Array; count: number };
  readonly down: { rows: Int32Array; count: number };
}

/**
 * Finds the rows of conditions over one symbol. A crossing gives both of its directions in one walk and keeps no column of its own:
 * most cells of a sweep have crossings that no other cell has. Lists are overwritten by later ones: two live at a time.
 */
export class RowFinder {
  private readonly crossings: readonly [Crossing, Crossing];
  private readonly plain: readonly [Int32Array, Int32Array];

  /** For a symbol of `length` rows. */
  constructor(length: number) {
    const list = () => ({ rows: new Int32Array(length), count: 0 });
    const crossing = (): Crossing => ({ left: '', right: '', up: list(), down: list() });
    this.crossings = [crossing(), crossing()];
    this.plain = [new Int32Array(length), new Int32Array(length)];
  }

  /** Rows to buy and to sell by; `members` (1: may be bought) narrows the former. */
  find(
    evaluator: Evaluator,
    entry: ConditionNode,
    exit: ConditionNode | null,
    members: Uint8Array | null,
  ): { entries: RowList; exits: RowList } {
    const entries = this.rowsOf(evaluator, entry, 0);
    const exits = exit ? this.rowsOf(evaluator, exit, 1) : NO_ROWS;
    return { entries: members ? within(entries, members) : entries, exits };
  }

  private rowsOf(evaluator: Evaluator, node: ConditionNode, slot: 0 | 1): RowList {
    if (node.kind === 'cross') {
      const { up, down } = this.crossing(evaluator, node.left, node.right, slot);
      return node.direction === 1 ? up : down;
    }
    const truth = evaluator.condition(node);
    const rows = this.plain[slot];
    let count = 0;
    for (let row = 0; row < truth.length; row += 1) if (truth[row] === TRUE) rows[count++] = row;
    return { rows, count };
  }

  private crossing(evaluator: Evaluator, left: NumberNode, right: NumberNode, slot: 0 | 1): Crossing {
    const first = this.crossings[0];
    if (slot === 1 && first.left === left.key && first.right === right.key) return first;
    const crossing = this.crossings[slot];
    crossing.left = left.key;
    crossing.right = right.key;
    cross(evaluator.number(left), evaluator.number(right), crossing);
    return crossing;
  }
}

/**
 * Where the left column comes to lie above the right one, having been level or below on the row before; and the other way round. What
 * stays on its side is passed over in a loop of one comparison a row.
 */
function cross(left: Float64Array, right: Float64Array, { up, down }: Crossing): void {
  const ups = up.rows;
  const downs = down.rows;
  const count = left.length;
  const fours = count - 3;
  let upCount = 0;
  let downCount = 0;
  let before = Number.NaN;
  for (let row = 0; row < count; ) {
    if (left[row]! > right[row]!) {
      if (before <= 0) ups[upCount++] = row;
      row += 1;
      while (
        row < fours &&
        left[row]! > right[row]! &&
        left[row + 1]! > right[row + 1]! &&
        left[row + 2]! > right[row + 2]! &&
        left[row + 3]! > right[row + 3]!
      )
        row += 4;
      while (row < count && left[row]! > right[row]!) row += 1;
      before = 1;
    } else if (left[row]! < right[row]!) {
      if (before >= 0) downs[downCount++] = row;
      row += 1;
      while (
        row < fours &&
        left[row]! < right[row]! &&
        left[row + 1]! < right[row + 1]! &&
        left[row + 2]! < right[row + 2]! &&
        left[row + 3]! < right[row + 3]!
      )
        row += 4;
      while (row < count && left[row]! < right[row]!) row += 1;
      before = -1;
    } else {
      before = left[row]! - right[row]!; // 0 where they are level, NaN where one is not known
      row += 1;
    }
  }
  up.count = upCount;
  down.count = downCount;
}

function within({ rows, count }: RowList, members: Uint8Array): RowList {
  const kept = rows.subarray(0, count).filter((row) => members[row] === 1);
  return { rows: kept, count: kept.length };
}
