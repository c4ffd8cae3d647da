import type { CellResult } from './cell-result.ts';
import { type Aim, objectiveOf } from './objective.ts';

/** Three points always lie near some line. */
const FEWEST_PAIRS = 4;

/** Whether what was good in training was good afterwards. */
export interface OutOfSample {
  /** Cells with a value in both periods. */
  readonly pairs: number;
  /** Pearson's correlation of the two values over them; null for fewer than four, or where one period has the same value everywhere. */
  readonly correlation: number | null;
  /** Place in the test of the cell that was best in training, 1 for the best of `pairs`; null when it has no value there. */
  readonly rankOfBest: number | null;
}

/** @param best The best cell in training. `cells` in the grid's order. */
export function outOfSample(cells: readonly CellResult[], best: CellResult, aim: Aim): OutOfSample {
  const pairs = cells.flatMap(({ train, test }) => {
    const [before, after] = [objectiveOf(train, aim), objectiveOf(test, aim)];
    return before === null || after === null ? [] : [{ before, after }];
  });
  const reached = objectiveOf(best.test, aim);
  return {
    pairs: pairs.length,
    correlation: correlation(pairs),
    rankOfBest: reached === null ? null : 1 + pairs.filter(({ after }) => after > reached).length,
  };
}

function correlation(pairs: readonly { readonly before: number; readonly after: number }[]): number | null {
  if (pairs.length < FEWEST_PAIRS) return null;
  let [before, after] = [0, 0];
  for (const pair of pairs) {
    before += pair.before / pairs.length;
    after += pair.after / pairs.length;
  }
  let [together, ownBefore, ownAfter] = [0, 0, 0];
  for (const pair of pairs) {
    const [x, y] = [pair.before - before, pair.after - after];
    together += x * y;
    ownBefore += x * x;
    ownAfter += y * y;
  }
  // Rounding may carry a perfect line just past 1.
  return ownBefore > 0 && ownAfter > 0 ? Math.max(-1, Math.min(1, together / Math.sqrt(ownBefore * ownAfter))) : null;
}
