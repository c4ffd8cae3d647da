import { secondOfDay } from '#domain/market/day.ts';
import { CLOSING_AUCTION_SECONDS, continuousEnd } from '#domain/market/session.ts';
import type { Program } from '#domain/strategy/compile.ts';
import { decidesForAuction } from '#domain/strategy/execution-moment.ts';
import { type Columns, dayOf } from './columns.ts';
import type { Moment } from './order-plan.ts';
import { barHours } from './session-window.ts';

/** Orders into the closing auction are decided this long before it begins: 11 minutes before the close. */
const DECISION_SECONDS = 60;
/** Nothing trades between the closing auction, which may end a little late, and the after-hours session ten minutes after the close. */
const AFTER_HOURS_SECONDS = 10 * 60;

/**
 * Whether the close of a bar decides at all. Orders into the auction of minute bars are decided once a day, on the last bar of the
 * calendar that ends 11 minutes before the close or earlier; every other document decides on every bar.
 */
export function decidesAt(program: Program, columns: Columns, index: number): boolean {
  if (!decidesForAuction(program.document)) return true;
  const { day, openAt, length } = barHours(program, columns, index);
  const decisionAt = continuousEnd(day) - DECISION_SECONDS;
  if (openAt + length > decisionAt) return false;
  const next = columns.times[index + 1];
  // Where the data end nobody knows yet whether another bar will come in time: then only the last one possible decides.
  if (next === undefined) return openAt + 2 * length > decisionAt;
  return dayOf(next) !== day || secondOfDay(next.slice(11)) + length > decisionAt;
}

/** What a bar is to orders that wait for the auction of its day: another bar, the one that holds it, or the last one of data that lack it. */
export type AuctionBar = 'other' | 'auction' | 'missing';

/**
 * The auction's price is the close of the day's last bar before the after-hours sessions: sources stamp the one trade of the auction
 * 15:20, 15:29 or 15:30, and some carry later prices. Of a bar that covers the minutes before the auction too, and that was not made
 * here from shorter ones, nobody can tell whether it holds the auction: it is believed to.
 */
export function auctionBar(program: Program, columns: Columns, index: number): AuctionBar {
  const { day, openAt } = barHours(program, columns, index);
  const afterHoursAt = continuousEnd(day) + CLOSING_AUCTION_SECONDS + AFTER_HOURS_SECONDS;
  const next = columns.times[index + 1];
  const isLast = next === undefined || dayOf(next) !== day || secondOfDay(next.slice(11)) >= afterHoursAt;
  if (!isLast || openAt >= afterHoursAt) return 'other';
  return reachesAuction(program, columns, index) ? 'auction' : 'missing';
}

/** Whether a bar holds minutes of the closing auction or later ones. */
export function reachesAuction(program: Program, columns: Columns, index: number): boolean {
  const { day, openAt, length } = barHours(program, columns, index);
  const last = columns.lastOpens?.[index];
  return last === undefined ? openAt + length > continuousEnd(day) : secondOfDay(last.slice(11)) >= continuousEnd(day);
}

/** Whether orders into the auction had to believe that the bar holds it: it covers the minutes before as well, and came so from its source. */
export function isAuctionBelieved(program: Program, columns: Columns): boolean {
  if (!decidesForAuction(program.document) || columns.lastOpens || columns.times.length === 0) return false;
  const { day, length } = barHours(program, columns, columns.times.length - 1);
  return continuousEnd(day) % length !== 0;
}

/** Whether a bar is its day's first. */
export function opensDay({ times }: Columns, index: number): boolean {
  return index === 0 || dayOf(times[index - 1]!) !== dayOf(times[index]!);
}

/** The first calendar entry of the day of another. */
export function firstOfDay(columns: Columns, index: number): number {
  let first = index;
  while (!opensDay(columns, first)) first -= 1;
  return first;
}

/**
 * Whether everybody trades at one price at this moment of a bar: at the open and the close of a day, and of minute bars at the day's
 * first open and in the closing auction. Between those an order stands in a queue.
 */
export function isCallAuction(program: Program, columns: Columns, index: number, moment: Moment): boolean {
  if (!columns.isIntraday) return true;
  return moment === 'close' ? auctionBar(program, columns, index) === 'auction' : opensDay(columns, index);
}
