import type { Program, Stops } from '#domain/strategy/compile.ts';
import type { Columns } from './columns.ts';
import type { Decision, DecisionInput } from './decide.ts';
import { type FillRules, fillRules } from './fill.ts';
import { type OrderPlan, orderPlan } from './order-plan.ts';
import type { ExitReason, Position, Trade } from './position.ts';
import type { Signals } from './signals.ts';

export interface EngineInput {
  readonly program: Program;
  readonly columns: Columns;
  readonly signals: Signals;
  /** First and last calendar entry that counts; bars before are warm-up. */
  readonly start: number;
  readonly end: number;
  /** Whole won. */
  readonly capital: number;
  /** Share of the last price lost when a delisted position is closed. */
  readonly delistingHaircut: number;
}

/** What became of orders, so that a report can say why something was not bought. */
export interface OrderCounts {
  entriesFilled: number;
  entriesPartial: number;
  entriesHalted: number;
  entriesLocked: number;
  entriesNoCash: number;
  entriesNoSlot: number;
  entriesNoVolume: number;
  /** Only where orders have limits: whose limit was not reached on their bar, or not for all their shares. */
  entriesExpired?: number;
  exitsExpired?: number;
  /** Only where positions are kept at weights: changes of a held position that were filled, in part at least. */
  rebalanced?: number;
  /** Only where orders wait for the closing auction of minute bars: days on which orders waited and the data lack it. */
  auctionsMissing?: number;
  exitsFilled: number;
  exitsPartial: number;
  exitsHalted: number;
  exitsLocked: number;
  /** Bars that touched stop and target; the stop was taken. */
  stopsAmbiguous: number;
  delisted: number;
}

/** Before the first bar. */
export const NO_ORDERS: OrderCounts = {
  entriesFilled: 0,
  entriesPartial: 0,
  entriesHalted: 0,
  entriesLocked: 0,
  entriesNoCash: 0,
  entriesNoSlot: 0,
  entriesNoVolume: 0,
  exitsFilled: 0,
  exitsPartial: 0,
  exitsHalted: 0,
  exitsLocked: 0,
  stopsAmbiguous: 0,
  delisted: 0,
};

/** Whole won of the run so far. */
export interface Totals {
  bought: number;
  sold: number;
  commission: number;
  tax: number;
  slippage: number;
}

/** What a run carries from bar to bar. Only the steps of a bar (splits, fills, stops, close) change it. */
export interface RunState {
  readonly input: EngineInput;
  readonly rules: FillRules;
  readonly plan: OrderPlan;
  /** Held now, in order of entry; at most one a symbol. */
  readonly positions: Position[];
  readonly trades: Trade[];
  readonly counts: OrderCounts;
  readonly totals: Totals;
  /** Last row with volume of symbols that end, so that a position leaves where it really traded. */
  readonly lastTraded: Int32Array;
  /** The strategy has stops that watch prices within a bar. */
  readonly hasPriceStops: boolean;
  /** More than exit signals and ages can move a position: stops within a bar, its own figures, the hour of the day or weights. */
  readonly asksEveryBar: boolean;
  /** What the decision at a close sees; one object for the whole run. */
  readonly closing: { -readonly [K in keyof DecisionInput]: DecisionInput[K] };
  cash: number;
  entries: readonly Decision[];
}

export const NO_ENTRIES: readonly Decision[] = [];

export function newState(input: EngineInput): RunState {
  const { columns, program, signals, start, capital } = input;
  const positions: Position[] = [];
  const plan = orderPlan(program.document);
  return {
    input,
    rules: fillRules(columns, program.document),
    plan,
    positions,
    trades: [],
    counts: {
      ...NO_ORDERS,
      ...(plan.limitTicks === null ? {} : { entriesExpired: 0, exitsExpired: 0 }),
      ...(program.sizing.kind === 'weights' ? { rebalanced: 0 } : {}),
      ...(plan.waitsForAuction ? { auctionsMissing: 0 } : {}),
    },
    totals: { bought: 0, sold: 0, commission: 0, tax: 0, slippage: 0 },
    lastTraded: lastTradedRows(columns),
    hasPriceStops: hasPriceStops(program.stops),
    asksEveryBar:
      hasPriceStops(program.stops) ||
      plan.isBeforeClose ||
      signals.evaluators !== null ||
      program.sizing.kind === 'weights' ||
      program.document.sessions.exitAllBeforeClose,
    closing: { program, columns, signals, index: start, cash: capital, positions },
    cash: capital,
    entries: NO_ENTRIES,
  };
}

/** Last row with volume of every symbol that ends; −1 for the others. */
export function lastTradedRows(columns: Columns): Int32Array {
  const rows = new Int32Array(columns.symbols.length).fill(-1);
  columns.symbols.forEach((symbol, s) => {
    if (!symbol.isEnded) return;
    let row = columns.offset[s + 1]! - 1;
    while (row >= columns.offset[s]! && !(columns.volume[row]! > 0)) row -= 1;
    rows[s] = row;
  });
  return rows;
}

/** Stops that watch prices within a bar. */
export function hasPriceStops({ loss, profit, trailing, atr }: Stops): boolean {
  return [loss, profit, trailing, atr].some((stop) => stop !== null);
}

/** The next bar of this symbol that trades sells the position, at the moment of the plan. */
export function wantExit(position: Position, reason: ExitReason): void {
  position.exitReason = reason;
  position.isExiting = true;
}

/** Cash and positions at their last close. */
export function worth(state: RunState): number {
  let sum = state.cash;
  for (let i = 0; i < state.positions.length; i += 1) sum += state.positions[i]!.lastClose * state.positions[i]!.quantity;
  return sum;
}

/** The position in a symbol, if it is held. */
export function positionIn(state: RunState, symbol: number): Position | undefined {
  return state.positions.find((position) => position.symbol === symbol);
}

/** Takes every position through a step of the bar, oldest first. A step may close the position it is given. */
export function forEachPosition(state: RunState, t: number, step: (state: RunState, position: Position, t: number) => void): void {
  const { positions } = state;
  for (let i = 0; i < positions.length; ) {
    const position = positions[i]!;
    step(state, position, t);
    if (positions[i] === position) i += 1;
  }
}
