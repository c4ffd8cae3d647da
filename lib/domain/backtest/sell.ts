import { canTrade, commissionOf, fillAmount, limitPrice, slippedPrice, taxOf, volumeCap } from './fill.ts';
import { type Moment, metPrice } from './order-plan.ts';
import { type ExitReason, type Position, tradeOf } from './position.ts';
import { type RunState, wantExit } from './run-state.ts';

/** Exits whose rest goes at the market, at the next open, whatever the document says about its other orders. */
const STOP_REASONS: readonly (ExitReason | null)[] = ['stop_loss', 'trailing_stop', 'atr_stop', 'take_profit'];

/**
 * True while the position leaves at the next open whatever happens, so that neither stops nor limits have a say in it. What is to be
 * sold before the close does not wait for a limit: it would be held overnight.
 */
export function leavesAtOpen({ plan }: RunState, position: Position): boolean {
  if (!position.isExiting) return false;
  if (plan.limitTicks !== null && position.exitReason === 'session_end') return true;
  return (plan.moment === 'open' && plan.limitTicks === null) || STOP_REASONS.includes(position.exitReason);
}

export function sellAtOpen(state: RunState, position: Position): void {
  sellWaiting(state, position, 'open');
}
export function sellWithinBar(state: RunState, position: Position): void {
  sellWaiting(state, position, 'bar');
}
export function sellAtClose(state: RunState, position: Position): void {
  sellWaiting(state, position, 'close');
}

/** Sells a position whose exit was decided, unless the bar is halted or locked or its limit is not reached; then the exit waits. */
function sellWaiting(state: RunState, position: Position, moment: Moment): void {
  if (!position.isExiting) {
    if (position.trim > 0 && moment === state.plan.moment) trim(state, position, moment);
    return;
  }
  const { counts, plan, rules } = state;
  const { row } = position;
  const isAtMarket = leavesAtOpen(state, position);
  const first = isAtMarket ? 'open' : plan.moment;
  if (moment !== first && (moment !== 'bar' || isAtMarket)) return;
  if (row < 0 || !(state.input.columns.volume[row]! > 0)) {
    if (moment === first) counts.exitsHalted += 1;
    return;
  }
  const limit = isAtMarket ? null : exitLimit(state, position);
  const marketPrice = metPrice(state.input, row, 'sell', moment, limit);
  if (marketPrice === null) return;
  if (!canTrade(rules, row, 'sell', moment)) {
    counts.exitsLocked += 1;
    return;
  }
  sell(state, position, row, marketPrice, position.exitReason as ExitReason, volumeCap(rules, row), moment, limit);
}

/** Sells a part at the market, to come back to a weight; a position keeps at least one share, and what cannot be sold now is let be. */
function trim(state: RunState, position: Position, moment: Moment): void {
  const { rules, counts } = state;
  const { row } = position;
  const isOpen = row >= 0 && canTrade(rules, row, 'sell', moment);
  const quantity = isOpen ? Math.min(position.trim, position.quantity - 1, volumeCap(rules, row)) : 0;
  position.trim = 0;
  if (quantity < 1) return;
  const marketPrice = metPrice(state.input, row, 'sell', moment, null)!;
  settleSale(state, position, row, quantity, slippedPrice(rules, row, 'sell', marketPrice, quantity), marketPrice, moment);
  counts.rebalanced! += 1;
}

/** The limit of a position's waiting exit: from the price it was decided at, on today's scale. Null for a market order. */
function exitLimit({ plan, rules }: RunState, { row, exitReference }: Position): number | null {
  return plan.limitTicks === null ? null : limitPrice(rules, row, 'sell', exitReference, plan.limitTicks);
}

/** True when a waiting sale would be filled at its limit within this bar, had nothing else come first. */
export function meetsLimitWithin(state: RunState, position: Position): boolean {
  if (!position.isExiting || state.plan.moment !== 'open') return false;
  return metPrice(state.input, position.row, 'sell', 'bar', exitLimit(state, position)) !== null;
}

/** A limit is good for one bar, or for one auction: an exit that is not done by its end is given up, and the next decision may ask again. */
export function dropExit(state: RunState, position: Position): void {
  if (!position.isExiting || leavesAtOpen(state, position)) return;
  position.isExiting = false;
  position.exitReason = null;
  state.counts.exitsExpired! += 1;
}

/** Sells what the cap allows; the rest keeps its reason and waits. */
export function sell(
  state: RunState,
  position: Position,
  row: number,
  marketPrice: number,
  reason: ExitReason,
  cap: number,
  moment: Moment,
  limit: number | null = null,
): void {
  const { rules } = state;
  wantExit(position, reason);
  const quantity = Math.min(position.quantity, cap);
  if (quantity < 1) {
    state.counts.exitsPartial += 1;
    return;
  }
  const slipped = slippedPrice(rules, row, 'sell', marketPrice, quantity);
  settleSale(state, position, row, quantity, limit === null ? slipped : Math.max(slipped, limit), marketPrice, moment);
  if (position.quantity > 0) {
    state.counts.exitsPartial += 1;
    return;
  }
  state.counts.exitsFilled += 1;
  closeTrade(state, position, row, reason, moment);
}

/** The last price that really traded, less the haircut: a delisted position neither vanishes nor sells at an invented price. */
export function leaveDelisted(state: RunState, position: Position, row: number): void {
  const last = state.input.columns.close[row]!;
  const price = Math.floor(last * (1 - state.input.delistingHaircut));
  settleSale(state, position, row, position.quantity, price, last, 'close');
  state.counts.delisted += 1;
  closeTrade(state, position, row, 'delisted', 'close');
}

/** A reverse split left less than a share of it: the broker pays the fraction, and the position is over. `paid`: won for all of it. */
export function leaveBySplit(state: RunState, position: Position, paid: number): void {
  position.soldAmount += paid;
  position.soldQuantity += position.quantity;
  state.cash += paid;
  state.totals.sold += paid;
  closeTrade(state, position, position.row, 'split', 'open');
}

function settleSale(
  state: RunState,
  position: Position,
  row: number,
  quantity: number,
  price: number,
  marketPrice: number,
  moment: Moment,
): void {
  const { rules, totals } = state;
  const amount = fillAmount('sell', price, quantity);
  const fee = commissionOf(rules, amount);
  const tax = taxOf(rules, row, amount, moment);
  const slippage = Math.round((marketPrice - price) * quantity);
  state.cash += amount - fee - tax;
  position.quantity -= quantity;
  position.taken += quantity;
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

/** As splice would, which costs more than the rest of a sale. */
function drop(positions: Position[], position: Position): void {
  for (let i = positions.indexOf(position) + 1; i < positions.length; i += 1) positions[i - 1] = positions[i]!;
  positions.pop();
}

function closeTrade(state: RunState, position: Position, row: number, exitReason: ExitReason, moment: Moment): void {
  drop(state.positions, position);
  state.trades.push(tradeOf(state.input.columns, position, row, exitReason, moment));
}
