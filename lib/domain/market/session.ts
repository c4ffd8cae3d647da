import { AFTER_MARKET_SINCE, type CalendarDay, type KrxSession, krxCalendarDay, type SessionHours } from '#domain/market/calendar.ts';
import { secondOfDay } from '#domain/market/day.ts';
import type { PriceType, TimeInForce } from '#domain/order/order.ts';

/**
 * The regular close moved from 15:00 to 15:30 on 2016-08-01 (newsprime.co.kr/ezview/article_main.html?no=344300); the ten minutes before
 * it are the closing auction.
 */
const LATE_CLOSE_SINCE = '2016-08-01';
export const CLOSING_AUCTION_SECONDS = 10 * 60;

/** Asked for every minute bar of a back-test; a day's answer never changes. */
const ENDS = new Map<string, number>();

/**
 * The second of the Seoul day at which continuous trading ends and the closing auction begins. Days that the calendar does not know
 * have ordinary hours: their special days (entrance exams, an hour later) are not in it.
 */
export function continuousEnd(day: string): number {
  const known = ENDS.get(day);
  if (known !== undefined) return known;
  const regular = krxCalendarDay(day)?.sessions.find(({ session }) => session === 'regular');
  const end = regular?.closeAt ?? secondOfDay(day >= LATE_CLOSE_SINCE ? '15:20' : '14:50');
  ENDS.set(day, end);
  return end;
}

/** The sessions we send orders to for now; the others are recognised, shown and refused with a sentence (ORDERS §4a). */
export const SENDABLE_SESSIONS = ['open_auction', 'regular', 'close_auction'] as const satisfies readonly KrxSession[];

/** Every session that takes orders at a second of the Seoul day. Pre-open fixed price runs beside the opening auction, so there may be two. */
export function sessionsAt(calendarDay: CalendarDay | null, second: number): readonly SessionHours[] {
  if (!calendarDay?.isOpen) return [];
  return calendarDay.sessions.filter((hours) => second >= hours.orderFrom && second < hours.closeAt);
}

/** The session of the main board at a second of the Seoul day: the auction where pre-open fixed price runs beside it; null when closed. */
export function sessionAt(calendarDay: CalendarDay | null, second: number): SessionHours | null {
  const open = sessionsAt(calendarDay, second);
  return open.find((hours) => hours.session !== 'pre') ?? open[0] ?? null;
}

/** The hours of one session on a day, or null. */
export function sessionHours(calendarDay: CalendarDay | null, session: KrxSession): SessionHours | null {
  return calendarDay?.sessions.find((hours) => hours.session === session) ?? null;
}

/** The session an order of this price type would join at a second of the day, or null when none takes it. */
export function sessionForOrder(
  calendarDay: CalendarDay | null,
  second: number,
  order: { readonly priceType: PriceType; readonly timeInForce: TimeInForce },
): SessionHours | null {
  if (!calendarDay) return null;
  return sessionsAt(calendarDay, second).find((hours) => sessionTakes(hours.session, { ...order, day: calendarDay.day })) ?? null;
}

const CONTINUOUS: readonly PriceType[] = ['limit', 'market', 'best', 'own_best', 'conditional', 'mid'];
const AUCTION: readonly PriceType[] = ['limit', 'market'];
const PRICE_TYPES: Readonly<Record<KrxSession, readonly PriceType[]>> = {
  pre: ['pre_close'],
  open_auction: AUCTION,
  regular: CONTINUOUS,
  close_auction: AUCTION,
  post_fixed: ['post_close'],
  after: ['limit', 'best', 'own_best'],
};

/** Price types a session takes (broker's table of order types since 2026-09-14). The after-market has no market order. */
export function priceTypesOf(session: KrxSession, day: string): readonly PriceType[] {
  return session === 'after' && day < AFTER_MARKET_SINCE ? ['limit'] : PRICE_TYPES[session];
}

const IMMEDIATE: readonly PriceType[] = ['limit', 'market', 'best', 'mid'];

/** True when a session takes this price type with this time in force: IOC and FOK need continuous matching. */
export function sessionTakes(
  session: KrxSession,
  { priceType, timeInForce, day }: { readonly priceType: PriceType; readonly timeInForce: TimeInForce; readonly day: string },
): boolean {
  if (!priceTypesOf(session, day).includes(priceType)) return false;
  if (timeInForce === 'day') return true;
  const isContinuous = session === 'regular' || (session === 'after' && day >= AFTER_MARKET_SINCE);
  return isContinuous && IMMEDIATE.includes(priceType);
}
