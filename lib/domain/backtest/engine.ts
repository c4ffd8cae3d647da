import { buyAtOpen } from './buy.ts';
import { carryPosition } from './carry-position.ts';
import { dayOf } from './columns.ts';
import { type Decision, decideAtClose, hasCandidates } from './decide.ts';
import type { ExitReason, Position, Trade } from './position.ts';
import {
  type EngineInput,
  forEachPosition,
  NO_ENTRIES,
  newState,
  type OrderCounts,
  positionIn,
  type RunState,
  type Totals,
  wantExit,
  worth,
} from './run-state.ts';
import { leaveDelisted, sellAtOpen } from './sell.ts';
import { meetStops } from './stops.ts';

export interface OpenPosition {
  readonly symbol: string;
  readonly quantity: number;
  readonly entryDay: string;
  readonly entryPrice: number;
  readonly lastPrice: number;
}

export interface EngineOutput {
  /** Equity (cash + positions at their last close) after each calendar entry from `start` to `end`. */
  readonly equity: Float64Array;
  readonly cash: Float64Array;
  readonly held: Int32Array;
  readonly trades: readonly Trade[];
  readonly open: readonly OpenPosition[];
  readonly counts: Readonly<OrderCounts>;
  readonly totals: Readonly<Totals>;
}

/** A bar of a whole market takes some tens of microseconds. */
const BARS_PER_STEP = 16;

/**
 * The event loop. Within a bar: splits → fills at the open (exits, then entries) → protective stops against the range →
 * close: mark, decide. Orders of a close meet the next bar of the calendar. Yields the share done, for progress and cancelling.
 */
export function* engineSteps(input: EngineInput): Generator<number, EngineOutput> {
  const { start, end } = input;
  const state = newState(input);
  const days = end - start + 1;
  const equity = new Float64Array(days);
  const cash = new Float64Array(days);
  const held = new Int32Array(days);
  for (let done = 0; done < days; ) {
    for (const until = Math.min(days, done + BARS_PER_STEP); done < until; done += 1) {
      meetBar(state, start + done);
      equity[done] = worth(state);
      cash[done] = state.cash;
      held[done] = state.positions.length;
    }
    yield done / days;
  }
  return { equity, cash, held, trades: state.trades, open: openPositions(state), counts: state.counts, totals: state.totals };
}

function meetBar(state: RunState, t: number): void {
  const { positions, entries } = state;
  if (positions.length > 0) {
    forEachPosition(state, t, carryPosition);
    forEachPosition(state, t, sellAtOpen);
  }
  for (let i = 0; i < entries.length; i += 1) buyAtOpen(state, entries[i]!, t);
  state.entries = NO_ENTRIES;
  if (positions.length > 0) {
    if (state.hasPriceStops) forEachPosition(state, t, meetStops);
    forEachPosition(state, t, markAtClose);
  }
  if (positions.length > 0 || hasCandidates(state.input.signals, t)) decide(state, t);
}

/** The close becomes the price of record, the range moves the water marks, and a symbol's last bar of all ends its position. */
function markAtClose(state: RunState, position: Position): void {
  const { columns } = state.input;
  const { row } = position;
  if (row < 0) return;
  position.barsHeld += 1;
  position.lastClose = columns.close[row]!;
  if (columns.volume[row]! > 0) {
    const [high, low] = [columns.high[row]!, columns.low[row]!];
    if (high > position.highWater) position.highWater = high;
    if (low < position.lowWater) position.lowWater = low;
  }
  if (row === state.lastTraded[position.symbol]) leaveDelisted(state, position, row);
}

/** Orders for the next bar: exits wait at their position, entries in their order. */
function decide(state: RunState, t: number): void {
  state.closing.index = t;
  state.closing.cash = state.cash;
  const decisions = decideAtClose(state.closing);
  if (decisions.length === 0) return;
  const entries: Decision[] = [];
  for (const decision of decisions) {
    if (decision.side === 'buy') entries.push(decision);
    else wantExit(positionIn(state, decision.symbol)!, decision.reason as ExitReason);
  }
  state.entries = entries;
}

function openPositions(state: RunState): OpenPosition[] {
  const { columns } = state.input;
  return state.positions
    .map((position) => ({
      symbol: columns.symbols[position.symbol]!.code,
      quantity: position.quantity,
      entryDay: dayOf(columns.times[position.entryTime]!),
      entryPrice: position.entryPrice,
      lastPrice: position.lastClose,
    }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}
