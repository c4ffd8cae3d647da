import { secondOfDay } from '#domain/market/day.ts';
import { continuousEnd } from '#domain/market/session.ts';
import type { Program } from '#domain/strategy/compile.ts';
import { type Columns, dayOf } from './columns.ts';

/** A decision leaves this long before the closing auction at the latest, so that its order still meets the continuous market. */
const MARGIN_SECONDS = 5 * 60;

/** The Seoul day of a minute bar, the second of it at which the bar opens, and how many seconds it lasts. */
export function barHours({ document }: Program, columns: Columns, index: number) {
  const time = columns.times[index]!;
  return { day: dayOf(time), openAt: secondOfDay(time.slice(11)), length: 60 * Number(document.timeframe.slice(0, -1)) };
}

/**
 * True on the bar whose close is the last chance to sell before the closing auction (`exitAllBeforeClose`): its order goes out at its
 * end, and the order of the bar after it would go out when the auction has begun, or within five minutes of it.
 */
export function endsSession(program: Program, columns: Columns, index: number): boolean {
  if (!columns.isIntraday || !program.document.sessions.exitAllBeforeClose) return false;
  const { day, openAt, length } = barHours(program, columns, index);
  const auctionAt = continuousEnd(day);
  return openAt >= auctionAt - MARGIN_SECONDS || openAt + 2 * length >= auctionAt;
}

/** Whether the close of a bar may open positions. What counts is when the order goes out, at the end of the bar. */
export function mayEnterAt(program: Program, columns: Columns, index: number): boolean {
  if (!columns.isIntraday) return true;
  if (endsSession(program, columns, index)) return false;
  const { entryFrom, entryUntil } = program.document.sessions;
  if (entryFrom === undefined && entryUntil === undefined) return true;
  const { openAt, length } = barHours(program, columns, index);
  const orderAt = openAt + length;
  return (entryFrom === undefined || orderAt >= secondOfDay(entryFrom)) && (entryUntil === undefined || orderAt < secondOfDay(entryUntil));
}
