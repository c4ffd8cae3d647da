import type { Program } from '#domain/strategy/compile.ts';
import { type Columns, dayOf } from './columns.ts';
import { type Decision, decideAtClose, hasCandidates, rowAt } from './decide.ts';
import {
  affordableQuantity,
  canTrade,
  commissionOf,
  type FillRules,
  fillAmount,
  fillRules,
  rescale,
  slippedPrice,
  taxOf,
  volumeCap,
} from './fill.ts';
import type { ExitReason, Position, Trade } from './position.ts';
import type { Signals } from './signals.ts';
import { protectiveLevels, stopHit } from './stops.ts';

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
  exitsFilled: number;
  exitsPartial: number;
  exitsHalted: number;
  exitsLocked: number;
  /** Bars that touched stop and target; the stop was taken. */
  stopsAmbiguous: number;
  delisted: number;
}

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
  readonly totals: {
    readonly bought: number;
    readonly sold: number;
    readonly commission: number;
    readonly tax: number;
    readonly slippage: number;
  };
}

interface State {
  readonly input: EngineInput;
  readonly rules: FillRules;
  readonly positions: Map<number, Position>;
  readonly trades: Trade[];
  readonly counts: OrderCounts;
  readonly totals: { bought: number; sold: number; commission: number; tax: number; slippage: number };
  /** Last row with volume of symbols that end, so that a position leaves where it really traded. */
  readonly lastTraded: Int32Array;
  cash: number;
  entries: readonly Decision[];
}

const NO_ENTRIES: readonly Decision[] = [];

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

function newState(input: EngineInput): State {
  const { columns, program } = input;
  const lastTraded = new Int32Array(columns.symbols.length).fill(-1);
  columns.symbols.forEach((symbol, s) => {
    if (!symbol.isEnded) return;
    let row = columns.offset[s + 1]! - 1;
    while (row >= columns.offset[s]! && !(columns.volume[row]! > 0)) row -= 1;
    lastTraded[s] = row;
  });
  return {
    input,
    rules: fillRules(columns, program.document),
    positions: new Map(),
    trades: [],
    counts: {
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
    },
    totals: { bought: 0, sold: 0, commission: 0, tax: 0, slippage: 0 },
    lastTraded,
    cash: input.capital,
    entries: [],
  };
}

/** Moves a position's row to a calendar entry. Positions are held for days on end, so a step is cheaper than a search. */
function advance(columns: Columns, position: Position, t: number): void {
  const end = columns.offset[position.symbol + 1]!;
  while (position.lastRow + 1 < end && columns.time[position.lastRow + 1]! <= t) position.lastRow += 1;
  position.row = columns.time[position.lastRow] === t ? position.lastRow : -1;
}

function wantExit(position: Position, reason: ExitReason): void {
  position.exitReason = reason;
  position.isExiting = true;
}

/** A split changes quantity and average price, not equity; a fraction of a share is paid in cash (단주 대금). */
function applySplit(state: State, position: Position): void {
  const { columns } = state.input;
  const { row } = position;
  if (!columns.factor) return;
  if (row <= position.entryRow) return;
  const scale = rescale(columns, row);
  if (scale === 1) return;
  const exact = position.quantity / scale;
  // A factor is stored as a decimal fraction; a quotient within a millionth of a whole share is that share.
  const nearest = Math.round(exact);
  position.quantity = Math.abs(exact - nearest) < 1e-6 * nearest ? nearest : Math.floor(exact);
  position.lastClose *= scale;
  if (exact > position.quantity) state.cash += Math.floor((exact - position.quantity) * position.lastClose);
  position.entryPrice *= scale;
  position.highWater *= scale;
  position.lowWater *= scale;
  position.atr *= scale;
}

function worth(state: State): number {
  let sum = state.cash;
  for (const position of state.positions.values()) sum += position.lastClose * position.quantity;
  return sum;
}

function sellAtOpen(state: State, position: Position): void {
  const { columns } = state.input;
  const { row } = position;
  if (row < 0 || !(columns.volume[row]! > 0)) {
    state.counts.exitsHalted += 1;
    return;
  }
  if (!canTrade(state.rules, row, 'sell')) {
    state.counts.exitsLocked += 1;
    return;
  }
  sell(state, position, row, columns.open[row]!, position.exitReason as ExitReason, volumeCap(state.rules, row));
}

/** Sells what the cap allows; the rest keeps its reason and meets the next open. */
function sell(state: State, position: Position, row: number, marketPrice: number, reason: ExitReason, cap: number): void {
  const { rules } = state;
  wantExit(position, reason);
  const quantity = Math.min(position.quantity, cap);
  if (quantity < 1) {
    state.counts.exitsPartial += 1;
    return;
  }
  settleSale(state, position, row, quantity, slippedPrice(rules, row, 'sell', marketPrice), marketPrice);
  if (position.quantity > 0) {
    state.counts.exitsPartial += 1;
    return;
  }
  state.counts.exitsFilled += 1;
  closeTrade(state, position, row, reason);
}

function settleSale(state: State, position: Position, row: number, quantity: number, price: number, marketPrice: number): void {
  const { rules, totals } = state;
  const amount = fillAmount('sell', price, quantity);
  const fee = commissionOf(rules, amount);
  const tax = taxOf(rules, row, amount);
  const slippage = Math.round((marketPrice - price) * quantity);
  state.cash += amount - fee - tax;
  position.quantity -= quantity;
  position.lowWater = Math.min(position.lowWater, price);
  position.highWater = Math.max(position.highWater, price);
  position.soldAmount += amount;
  position.soldQuantity += quantity;
  position.commission += fee;
  position.tax += tax;
  position.slippage += slippage;
  totals.sold += amount;
  totals.commission += fee;
  totals.tax += tax;
  totals.slippage += slippage;
}

function closeTrade(state: State, position: Position, row: number, exitReason: ExitReason): void {
  const { columns } = state.input;
  state.positions.delete(position.symbol);
  const pnl = position.soldAmount - position.entryAmount - position.commission - position.tax;
  state.trades.push({
    symbol: columns.symbols[position.symbol]!.code,
    quantity: position.soldQuantity,
    entryDay: columns.times[position.entryTime]!,
    entryPrice: position.entryPrice,
    exitDay: columns.times[columns.time[row]!]!,
    exitPrice: position.soldAmount / position.soldQuantity,
    commission: position.commission,
    tax: position.tax,
    slippage: position.slippage,
    pnl,
    returnRate: pnl / position.entryAmount,
    barsHeld: row - position.entryRow,
    mae: Math.min(0, position.lowWater / position.entryPrice - 1),
    mfe: Math.max(0, position.highWater / position.entryPrice - 1),
    entryReason: 'entry_signal',
    exitReason,
  });
}

function buyAtOpen(state: State, entry: Decision, t: number): void {
  const { input, rules, counts } = state;
  const { columns, program, signals } = input;
  const row = rowAt(columns, entry.symbol, t);
  if (row < 0 || !(columns.volume[row]! > 0)) {
    counts.entriesHalted += 1;
    return;
  }
  if (state.positions.size >= program.sizing.maxPositions || state.positions.has(entry.symbol)) {
    counts.entriesNoSlot += 1; // an exit that should have made room was not filled
    return;
  }
  if (!canTrade(rules, row, 'buy')) {
    counts.entriesLocked += 1;
    return;
  }
  const marketPrice = columns.open[row]!;
  const price = slippedPrice(rules, row, 'buy', marketPrice);
  // A split between decision and fill changes how many shares the same money means.
  const wanted = Math.floor(entry.quantity / rescale(columns, row));
  const cap = volumeCap(rules, row);
  const quantity = Math.min(wanted, affordableQuantity(rules, price, state.cash), cap);
  if (quantity < 1) {
    counts[cap < 1 ? 'entriesNoVolume' : 'entriesNoCash'] += 1;
    return;
  }
  counts[quantity < wanted ? 'entriesPartial' : 'entriesFilled'] += 1;
  const amount = fillAmount('buy', price, quantity);
  const fee = commissionOf(rules, amount);
  const slippage = Math.round((price - marketPrice) * quantity);
  state.cash -= amount + fee;
  state.totals.bought += amount;
  state.totals.commission += fee;
  state.totals.slippage += slippage;
  state.positions.set(entry.symbol, {
    symbol: entry.symbol,
    quantity,
    entryPrice: price,
    entryTime: t,
    entryRow: row,
    entryQuantity: quantity,
    entryAmount: amount,
    atr: signals.atr ? signals.atr[entry.row]! / (columns.factor?.[row] ?? 1) : Number.NaN,
    highWater: price,
    lowWater: price,
    barsHeld: -1,
    lastClose: price,
    exitReason: null,
    isExiting: false,
    lastRow: row,
    row,
    commission: fee,
    slippage,
    tax: 0,
    soldAmount: 0,
    soldQuantity: 0,
  });
}

/** Protective stops against the bar's range. A position whose exit is still waiting stays with that exit. */
function meetStops(state: State, position: Position, t: number): void {
  const { columns, program } = state.input;
  const { row } = position;
  if (row < 0 || position.isExiting || !(columns.volume[row]! > 0)) return;
  const levels = protectiveLevels(program.stops, state.rules, row, position);
  const bar = { open: columns.open[row]!, high: columns.high[row]!, low: columns.low[row]! };
  const hit = stopHit(levels, bar, position.entryTime !== t);
  if (!hit) return;
  if (!canTrade(state.rules, row, 'sell')) {
    wantExit(position, hit.reason);
    state.counts.exitsLocked += 1;
    return;
  }
  if (hit.isAmbiguous) state.counts.stopsAmbiguous += 1;
  const taken = position.entryTime === t ? position.entryQuantity : 0;
  sell(state, position, row, hit.price, hit.reason, volumeCap(state.rules, row) - taken);
}

function closeBar(state: State, t: number): void {
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

/** The last price that really traded, less the haircut: a delisted position neither vanishes nor sells at an invented price. */
function leaveDelisted(state: State, position: Position, row: number): void {
  const last = state.input.columns.close[row]!;
  const price = Math.floor(last * (1 - state.input.delistingHaircut));
  settleSale(state, position, row, position.quantity, price, last);
  state.counts.delisted += 1;
  closeTrade(state, position, row, 'delisted');
}

function openPositions(state: State): OpenPosition[] {
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
