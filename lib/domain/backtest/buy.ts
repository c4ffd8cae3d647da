import { type Decision, rowAt } from './decide.ts';
import { affordableQuantity, canTrade, commissionOf, fillAmount, limitPrice, rescale, slippedPrice, volumeCap } from './fill.ts';
import { type Moment, metPrice } from './order-plan.ts';
import type { Position } from './position.ts';
import { NO_ENTRIES, positionIn, type RunState } from './run-state.ts';

/** Entries meet one moment of a bar, best first; those whose limit was not reached stay for the next moment. */
export function buyWaiting(state: RunState, t: number, moment: Moment): void {
  const { entries } = state;
  if (entries.length === 0) return;
  let waiting: Decision[] | null = null;
  for (let i = 0; i < entries.length; i += 1) {
    if (buy(state, entries[i]!, t, moment)) continue;
    waiting ??= [];
    waiting.push(entries[i]!);
  }
  state.entries = waiting ?? NO_ENTRIES;
}

/** The bar is over: an entry is good for one bar, or for one auction, so what no moment has filled is dropped. */
export function dropEntries(state: RunState): void {
  if (state.counts.entriesExpired !== undefined) state.counts.entriesExpired += state.entries.length;
  state.entries = NO_ENTRIES;
}

/** The data end before the day's auction: nothing is bought there, nor sold down to a weight; exits at the market wait for the next one. */
export function missAuction(state: RunState): void {
  if (state.entries.length === 0 && !state.positions.some(({ isExiting, trim }) => isExiting || trim > 0)) return;
  state.counts.auctionsMissing! += 1;
  state.entries = NO_ENTRIES;
  for (const position of state.positions) position.trim = 0;
}

/**
 * Buys what was decided, as far as slots, cash and volume allow; what cannot be bought is counted and dropped. False when the order is
 * still waiting for its limit.
 */
function buy(state: RunState, entry: Decision, t: number, moment: Moment): boolean {
  const { input, rules, counts, plan } = state;
  const { columns, program } = input;
  const row = rowAt(columns, entry.symbol, t);
  if (row < 0 || !(columns.volume[row]! > 0)) {
    counts.entriesHalted += 1;
    return true;
  }
  // A split between decision and fill changes how many shares the same money means, and what a share costs.
  const scale = plan.isBeforeClose ? 1 : rescale(columns, row);
  const limit = plan.limitTicks === null ? null : limitPrice(rules, row, 'buy', entry.referencePrice * scale, plan.limitTicks);
  const marketPrice = metPrice(input, row, 'buy', moment, limit);
  if (marketPrice === null) return false;
  const held = positionIn(state, entry.symbol);
  if (entry.reason === 'rebalance' ? !held || held.isExiting : held || state.positions.length >= program.sizing.maxPositions) {
    counts.entriesNoSlot += 1; // an exit that should have made room was not filled
    return true;
  }
  if (!canTrade(rules, row, 'buy', moment)) {
    counts.entriesLocked += 1;
    return true;
  }
  const wanted = Math.floor(entry.quantity / scale);
  const cap = volumeCap(rules, row) - (held?.taken ?? 0);
  const slipped = slippedPrice(rules, row, 'buy', marketPrice, Math.min(wanted, cap));
  const price = limit === null ? slipped : Math.min(slipped, limit);
  const quantity = Math.min(wanted, affordableQuantity(rules, price, state.cash), cap);
  if (quantity < 1) {
    if (cap < 1) counts.entriesNoVolume += 1;
    else counts.entriesNoCash += 1;
    return true;
  }
  const fill: Fill = { row, t, moment, price, quantity, slippage: Math.round((price - marketPrice) * quantity) };
  if (held) {
    counts.rebalanced! += 1;
    addTo(held, fill, pay(state, fill));
    return true;
  }
  if (quantity < wanted) counts.entriesPartial += 1;
  else counts.entriesFilled += 1;
  state.positions.push(opened(state, entry, fill, pay(state, fill)));
  return true;
}

interface Fill {
  readonly row: number;
  readonly t: number;
  readonly moment: Moment;
  readonly price: number;
  readonly quantity: number;
  readonly slippage: number;
}
/** Whole won of a purchase: for the shares, and to the broker. */
interface Bill {
  readonly amount: number;
  readonly fee: number;
}

function pay(state: RunState, { price, quantity, slippage }: Fill): Bill {
  const { rules, totals } = state;
  const amount = fillAmount('buy', price, quantity);
  const fee = commissionOf(rules, amount);
  state.cash -= amount + fee;
  totals.bought += amount;
  totals.commission += fee;
  totals.slippage += slippage;
  return { amount, fee };
}

/** More of what is held: the entry price becomes the average of all purchases. */
function addTo(held: Position, { price, quantity, slippage }: Fill, { amount, fee }: Bill): void {
  held.entryPrice = (held.entryPrice * held.quantity + price * quantity) / (held.quantity + quantity);
  held.quantity += quantity;
  held.entryAmount += amount;
  held.taken += quantity;
  held.commission += fee;
  held.slippage += slippage;
}

function opened({ input, plan }: RunState, entry: Decision, fill: Fill, { amount, fee }: Bill): Position {
  const { row, t, moment, price, quantity, slippage } = fill;
  const { signals, columns } = input;
  return {
    symbol: entry.symbol,
    quantity,
    entryPrice: price,
    entryTime: t,
    entryRow: row,
    entryMoment: moment,
    entryAmount: amount,
    taken: quantity,
    trim: 0,
    atr: signals.atr ? signals.atr[entry.row]! / (columns.factor?.[row] ?? 1) : Number.NaN,
    highWater: price,
    lowWater: price,
    // The close of the fill's own bar makes it 0. Decided before a close, the bar about to close counts, so it is 1 a bar later.
    barsHeld: plan.isBeforeClose ? 0 : -1,
    lastClose: price,
    exitReason: null,
    isExiting: false,
    exitReference: 0,
    lastRow: row,
    row,
    commission: fee,
    slippage,
    tax: 0,
    soldAmount: 0,
    soldQuantity: 0,
    paidForFractions: 0,
  };
}
