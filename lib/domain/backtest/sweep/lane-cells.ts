import type { Program } from '#domain/strategy/compile.ts';
import { Evaluator, TRUE } from '#domain/strategy/evaluate.ts';
import { adjustedBars, computeSignals, memberRows, type UniverseMask } from '../signals.ts';
import type { Lane } from './lane.ts';
import type { LaneCell } from './lane-run.ts';
import { RowFinder } from './signal-rows.ts';

/** Values that the shared columns of a sweep may hold (8 bytes each at most) before they are forgotten. */
export const MOST_KEPT_VALUES = 16_000_000;

/** Turns programs into cells of a lane. Columns of equal expressions are computed once for all of them. */
export class LaneCells {
  private readonly lane: Lane;
  private readonly mask: UniverseMask;
  private readonly finder: RowFinder;
  private evaluator: Evaluator;
  private members: { readonly key: string; readonly rows: Uint8Array | null } = { key: '', rows: null };

  constructor(lane: Lane, mask: UniverseMask) {
    this.lane = lane;
    this.mask = mask;
    this.finder = new RowFinder(lane.columns.time.length);
    this.evaluator = new Evaluator(adjustedBars(lane.columns, 0));
  }

  /** Good until the next call. */
  cell(program: Program): LaneCell {
    if (this.evaluator.kept > MOST_KEPT_VALUES) this.forget();
    const { evaluator } = this;
    const { entry, exit, stops, sizing } = program;
    const { entries, exits } = this.finder.find(evaluator, entry, exit?.isLive ? null : exit, this.membersOf(program));
    return {
      program,
      entries,
      exits,
      sizing: {
        atr: stops.atr && evaluator.number(stops.atr.node),
        volatility: sizing.kind === 'volatility_target' ? evaluator.number(sizing.node) : null,
        symbolOf: ONE_SYMBOL,
      },
      signals: () => computeSignals(program, this.lane.columns, this.mask, () => evaluator),
    };
  }

  /** Lets go of the columns that cells share: what is asked next is computed anew. */
  forget(): void {
    this.evaluator = new Evaluator(adjustedBars(this.lane.columns, 0));
  }

  /** Rows of universe membership, or null when there is nothing to be a member of; most sweeps leave it as it is from cell to cell. */
  private membersOf(program: Program): Uint8Array | null {
    const { filters, rank } = program;
    if (filters.length === 0 && rank?.limit == null) return null;
    const key = [...filters, ...(rank ? [rank.by] : [])].map((node) => node.key).join(' ');
    if (key === this.members.key) return this.members.rows;
    const passes = new Uint8Array(this.lane.columns.time.length).fill(1);
    for (const filter of filters) {
      const truth = this.evaluator.condition(filter);
      for (let row = 0; row < passes.length; row += 1) if (truth[row] !== TRUE) passes[row] = 0;
    }
    const ranks = rank && this.evaluator.number(rank.by);
    this.members = { key, rows: memberRows(program, this.lane.columns, passes, ranks) };
    return this.members.rows;
  }
}

/** Of a lane every row is of its one symbol; only weights ask, and those the engine reckons with. */
const ONE_SYMBOL = new Int32Array(0);
