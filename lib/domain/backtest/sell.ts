import { canTrade, commissionOf, fillAmount, slippedPrice, taxOf, volumeCap } from './fill.ts';
import type { ExitReason, Position } from './position.ts';
import { type RunState, wantExit } from './run-state.ts';

/** Sells a position whose exit was decided, unless the bar is halted or locked; then the exit waits. */
export function sellAtOpen(state: RunState, position: Position): void {
  if (!position.isExiting) return;
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
export function sell(state: RunState, position: Position, row: number, marketPrice: number, reason: ExitReason, cap: number): void {
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

/** The last price that really traded, less the haircut: a delisted position neither vanishes nor sells at an invented price. */
export function leaveDelisted(state: RunState, position: Position, row: number): void {
  const last = state.input.columns.close[row]!;
  const price = Math.floor(last * (1 - state.input.delistingHaircut));
  settleSale(state, position, row, position.quantity, price, last);
  state.counts.delisted += 1;
  closeTrade(state, position, row, 'delisted');
}

function settleSale(state: RunState, position: Position, row: number, quantity: number, price: number, marketPrice: number): void {
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

function closeTrade(state: RunState, position: Position, row: number, exitReason: ExitReason): void {
  const { columns } = state.input;
  state.positions.splice(state.positions.indexOf(position), 1);
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
