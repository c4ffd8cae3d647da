import { buyWaiting, dropEntries, missAuction } from './buy.ts';
import { passCalmBars, type Series } from './calm-stretch.ts';
import { carryPositions } from './carry-position.ts';
import { auctionBar, opensDay, reachesAuction } from './closing-auction.ts';
import { dayOf } from './columns.ts';
import { type Decision, decideAtClose, hasCandidates } from './decide.ts';
import { fillTime } from './order-plan.ts';
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
import { dropExit, leaveDelisted, sellAtClose, sellAtOpen, sellWithinBar } from './sell.ts';
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

/** A bar of a whole market takes some tens of microseconds, one of a single symbol some tens of nanoseconds. */
const BARS_PER_STEP = 256;

/**
 * The event loop. Within a bar: splits → fills at the open (exits, then entries) → entries at limits within the bar → protective
 * stops against the range → exits at limits → fills at the close → mark, decide. What is sold after the open buys nothing before the
 * close. Orders of a close meet the next bar of the calendar, or their day's closing auction; decided before a close, they meet that
 * close. Yields the share done, for progress and cancelling.
 */
export function* engineSteps(input: EngineInput): Generator<number, EngineOutput> {
  const { start, end } = input;
  const state = newState(input);
  const days = end - start + 1;
  const series: Series = { equity: new Float64Array(days), cash: new Float64Array(days), held: new Int32Array(days) };
  for (let from = start; from <= end; from += BARS_PER_STEP) {
    const to = Math.min(end + 1, from + BARS_PER_STEP);
    meetBars(state, series, from, to);
    yield (to - start) / days;
  }
  return { ...series, trades: state.trades, open: openPositions(state), counts: state.counts, totals: state.totals };
}

/** Calendar entries `from` up to `to`. */
function meetBars(state: RunState, series: Series, from: number, to: number): void {
  const { start } = state.input;
  for (let t = passCalmBars(state, series, from, to); t < to; t = passCalmBars(state, series, t + 1, to)) {
    meetBar(state, t);
    series.equity[t - start] = worth(state);
    series.cash[t - start] = state.cash;
    series.held[t - start] = state.positions.length;
  }
}

/** One bar, from its corporate actions to the decision at its close. */
export function meetBar(state: RunState, t: number): void {
  const { positions, plan, input } = state;
  const hasLimits = plan.limitTicks !== null;
  if (hasLimits && lapsedOvernight(state, t)) endOrders(state, t);
  if (carryPositions(state, t)) forEachPosition(state, t, sellAtOpen);
  if (plan.moment === 'open' && state.entries.length > 0) {
    buyWaiting(state, t, 'open');
    if (hasLimits) buyWaiting(state, t, 'bar');
  }
  if (positions.length > 0) {
    if (state.hasPriceStops) forEachPosition(state, t, meetStops);
    if (hasLimits && plan.moment === 'open') forEachPosition(state, t, sellWithinBar);
  }
  if (plan.isBeforeClose) decide(state, t);
  const auction = plan.waitsForAuction ? auctionBar(input.program, input.columns, t) : 'auction';
  if (auction === 'auction') {
    if (plan.moment === 'close') {
      forEachPosition(state, t, sellAtClose);
      buyWaiting(state, t, 'close');
    }
    endOrders(state, t);
  }
  for (let i = 0; i < positions.length; ) {
    const position = positions[i]!;
    markAtClose(state, position, t);
    if (positions[i] === position) i += 1; // it may have left with its symbol's last bar
  }
  if (!plan.isBeforeClose) decide(state, t);
  if (auction === 'missing') {
    missAuction(state); // what the last bar of the day has decided as well
    endOrders(state, t);
  }
}

/** Orders have had their bar, or their auction, or their day. Exits at the market go on waiting. */
function endOrders(state: RunState, t: number): void {
  if (state.entries.length > 0) dropEntries(state);
  if (state.plan.limitTicks !== null) forEachPosition(state, t, dropExit);
}

/** An order is good for its day: on the first minute of another one, what was ordered before the close of the last is over. */
function lapsedOvernight({ input: { program, columns } }: RunState, t: number): boolean {
  return columns.isIntraday && t > 0 && opensDay(columns, t) && !reachesAuction(program, columns, t - 1);
}

/** The close becomes the price of record, the range moves the water marks, and a symbol's last bar of all ends its position. */
function markAtClose(state: RunState, position: Position, t: number): void {
  const { columns } = state.input;
  const { row } = position;
  if (row < 0) return;
  position.barsHeld += 1;
  position.lastClose = columns.close[row]!;
  if (columns.volume[row]! > 0) {
    const moment = position.entryTime === t ? position.entryMoment : 'open';
    // What the bar did before we bought is not ours: bought at the close nothing is left of it, bought within it on the way down its low.
    const high = moment === 'open' ? columns.high[row]! : position.lastClose;
    const low = moment === 'close' ? position.lastClose : columns.low[row]!;
    if (high > position.highWater) position.highWater = high;
    if (low < position.lowWater) position.lowWater = low;
  }
  if (row === state.lastTraded[position.symbol]) leaveDelisted(state, position, row);
}

/** Orders for the next bar, or for the close at hand: exits wait at their position, entries in their order. */
function decide(state: RunState, t: number): void {
  if (state.positions.length === 0 && !state.plan.waitsForAuction && !hasCandidates(state.input.signals, t)) return;
  state.closing.index = t;
  state.closing.cash = state.cash;
  const decisions = decideAtClose(state.closing);
  if (decisions.length === 0) return;
  let entries: Decision[] | null = null;
  for (let i = 0; i < decisions.length; i += 1) {
    const decision = decisions[i]!;
    if (decision.side === 'buy') {
      if (entries) entries.push(decision);
      else entries = [decision];
    } else if (decision.reason === 'rebalance') positionIn(state, decision.symbol)!.trim = decision.quantity;
    else {
      const position = positionIn(state, decision.symbol)!;
      position.exitReference = decision.referencePrice;
      wantExit(position, decision.reason as ExitReason);
    }
  }
  state.entries = entries ?? NO_ENTRIES;
}

function openPositions(state: RunState): OpenPosition[] {
  const { columns } = state.input;
  return state.positions
    .map((position) => ({
      symbol: columns.symbols[position.symbol]!.code,
      quantity: position.quantity,
      entryDay: dayOf(fillTime(columns, position.entryTime, position.entryMoment)),
      entryPrice: position.entryPrice,
      lastPrice: position.lastClose,
    }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}
