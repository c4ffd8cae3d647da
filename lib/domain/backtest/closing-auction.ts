import { secondOfDay } from '#domain/market/day.ts';
import { CLOSING_AUCTION_SECONDS, continuousEnd } from '#domain/market/session.ts';
import type { Program } from '#domain/strategy/compile.ts';
import { decidesForAuction } from '#domain/strategy/execution-moment.ts';
import { type Columns, dayOf } from './columns.ts';
import { barHours } from './session-window.ts';

/** Orders into the closing auction are decided this long before it begins: 11 minutes before the close. */
const DECISION_SECONDS = 60;

/**
 * Whether the close of a bar decides at all. Orders into the auction of minute bars are decided once a day, on the last bar that ends
 * 11 minutes before the close or earlier; every other document decides on every bar.
 */
export function decidesAt(program: Program, columns: Columns, index: number): boolean {
  if (!decidesForAuction(program.document)) return true;
  const { day, openAt, length } = barHours(program, columns, index);
  const decisionAt = continuousEnd(day) - DECISION_SECONDS;
  return openAt + length <= decisionAt && openAt + 2 * length > decisionAt;
}

/** What a bar is to orders that wait for the auction of its day: another bar, the one that holds it, or the last one of data that lack it. */
export type AuctionBar = 'other' | 'auction' | 'missing';

/**
 * The auction's price is the close of the day's last bar that opens at the close or earlier: sources stamp the one trade of the
 * auction 15:20, 15:29 or 15:30, and some carry prices of the after-hours sessions behind it.
 */
export function auctionBar(program: Program, columns: Columns, index: number): AuctionBar {
  const { day, openAt, length } = barHours(program, columns, index);
  const auctionAt = continuousEnd(day);
  const closeAt = auctionAt + CLOSING_AUCTION_SECONDS;
  const next = columns.times[index + 1];
  const isLast = next === undefined || dayOf(next) !== day || secondOfDay(next.slice(11)) > closeAt;
  if (!isLast || openAt > closeAt) return 'other';
  return openAt + length > auctionAt ? 'auction' : 'missing';
}
