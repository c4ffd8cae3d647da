import type { Program } from '#domain/strategy/compile.ts';
import { decidesBeforeClose, decidesForAuction } from '#domain/strategy/execution-moment.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { isCallAuction } from './closing-auction.ts';
import type { Columns } from './columns.ts';

/** Where in a bar an order meets the market: at its opening price, somewhere within its range, or at its closing price. */
export type Moment = 'open' | 'bar' | 'close';

/** The calendar's name for a fill: the bar's own, but of a bar longer than a day its open belongs to the first session. */
export function fillTime(columns: Columns, index: number, moment: Moment): string {
  return (moment === 'open' ? columns.sessions?.first[index] : undefined) ?? columns.times[index]!;
}

/** When the orders of a document meet the market, and at what price they stop being filled. Stops always go at the market. */
export interface OrderPlan {
  /** Where an order is filled first; `next_open` at the open, the two others at the close. */
  readonly moment: 'open' | 'close';
  /** Daily `this_close_auction`: decided on what is known before the close, filled at that same close. Otherwise filled on a later bar. */
  readonly isBeforeClose: boolean;
  /** `this_close_auction` on minute bars: orders wait for the bar of their day that holds the closing auction. Otherwise they meet the next bar. */
  readonly waitsForAuction: boolean;
  /** Ticks that a limit order gives way from the reference price (below 0: asks for more than that); null for market orders. */
  readonly limitTicks: number | null;
}

export function orderPlan(document: StrategyDocument): OrderPlan {
  const { at, orderType, limitOffsetTicks } = document.execution;
  return {
    moment: at === 'next_open' ? 'open' : 'close',
    isBeforeClose: decidesBeforeClose(document),
    waitsForAuction: decidesForAuction(document),
    limitTicks: orderType === 'limit' ? limitOffsetTicks : null,
  };
}

/**
 * The price at which a bar meets an order; null when it does not. An auction trades at one price, and an order whose limit is that
 * price or worse for us takes it. Everywhere else a limit is met only when the bar traded *through* it: where it was merely touched,
 * nobody knows how many orders stood before ours. `limit` is won a share, null for a market order.
 */
export function metPrice(
  { program, columns }: { readonly program: Program; readonly columns: Columns },
  row: number,
  side: 'buy' | 'sell',
  moment: Moment,
  limit: number | null,
): number | null {
  const open = columns.open[row]!;
  const isAuction = () => isCallAuction(program, columns, columns.time[row]!, moment);
  if (moment === 'bar') {
    if (limit === null || (open === limit && isAuction())) return null;
    const low = columns.low[row]!;
    const high = columns.high[row]!;
    return (side === 'buy' ? open >= limit && low < limit : open <= limit && high > limit) ? limit : null;
  }
  const price = moment === 'open' ? open : columns.close[row]!;
  if (limit === null || (price === limit && isAuction())) return price;
  return (side === 'buy' ? price < limit : price > limit) ? price : null;
}

/**
 * The raw price of a row that a decision may reckon with: its close; before the close its open, the last price known then. A bar
 * without volume shows the standing price as its close.
 */
export function knownPrice(columns: Columns, row: number, isBeforeClose: boolean): number {
  return isBeforeClose && columns.volume[row]! > 0 ? columns.open[row]! : columns.close[row]!;
}
