import { type Decision, rowAfter } from './decide.ts';
import { affordableQuantity, canTrade, commissionOf, fillAmount, rescale, slippedPrice, volumeCap } from './fill.ts';
import { positionIn, type RunState } from './run-state.ts';

/** Buys what was decided at the last close, as far as slots, cash and volume allow; what cannot be bought is counted and dropped. */
export function buyAtOpen(state: RunState, entry: Decision, t: number): void {
  const { input, rules, counts } = state;
  const { columns, program, signals } = input;
  const row = rowAfter(columns, entry.symbol, entry.row, t);
  if (row < 0 || !(columns.volume[row]! > 0)) {
    counts.entriesHalted += 1;
    return;
  }
  if (state.positions.length >= program.sizing.maxPositions || positionIn(state, entry.symbol)) {
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
  state.positions.push({
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
