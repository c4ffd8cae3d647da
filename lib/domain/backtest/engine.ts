import { buyAtOpen } from './buy.ts';
import { advance, applySplit } from './carry-position.ts';
import { dayOf } from './columns.ts';
import { decideAtClose, hasCandidates } from './decide.ts';
import type { ExitReason, Trade } from './position.ts';
import { type EngineInput, NO_ENTRIES, newState, type OrderCounts, type RunState, type Totals, wantExit, worth } from './run-state.ts';
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
  for (let t = start; t <= end; t += 1) {
    // A Map may lose entries while it is walked; what is bought meanwhile comes after the walk.
    for (const position of state.positions.values()) {
      advance(input.columns, position, t);
      applySplit(state, position);
    }
    for (const position of state.positions.values()) if (position.isExiting) sellAtOpen(state, position);
    for (const entry of state.entries) buyAtOpen(state, entry, t);
    for (const position of state.positions.values()) meetStops(state, position, t);
    closeBar(state, t);
    equity[t - start] = worth(state);
    cash[t - start] = state.cash;
    held[t - start] = state.positions.size;
    if (t % 16 === 0) yield (t - start + 1) / days;
  }
  return { equity, cash, held, trades: state.trades, open: openPositions(state), counts: state.counts, totals: state.totals };
}

function closeBar(state: RunState, t: number): void {
  if (state.positions.size === 0 && !hasCandidates(state.input.signals, t)) {
    state.entries = NO_ENTRIES;
    return;
  }
  const { input } = state;
  const { columns } = input;
  for (const position of state.positions.values()) {
    const { row } = position;
    if (row < 0) continue;
    position.barsHeld += 1;
    position.lastClose = columns.close[row]!;
    if (columns.volume[row]! > 0) {
      position.highWater = Math.max(position.highWater, columns.high[row]!);
      position.lowWater = Math.min(position.lowWater, columns.low[row]!);
    }
    if (row === state.lastTraded[position.symbol]) leaveDelisted(state, position, row);
  }
  const decisions = decideAtClose({
    program: input.program,
    columns,
    signals: input.signals,
    index: t,
    cash: state.cash,
    positions: [...state.positions.values()],
  });
  state.entries = decisions.length === 0 ? NO_ENTRIES : decisions.filter((decision) => decision.side === 'buy');
  for (const decision of decisions) {
    if (decision.side === 'sell') wantExit(state.positions.get(decision.symbol)!, decision.reason as ExitReason);
  }
}

function openPositions(state: RunState): OpenPosition[] {
  const { columns } = state.input;
  return [...state.positions.values()]
    .map((position) => ({
      symbol: columns.symbols[position.symbol]!.code,
      quantity: position.quantity,
      entryDay: dayOf(columns.times[position.entryTime]!),
      entryPrice: position.entryPrice,
      lastPrice: position.lastClose,
    }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}
