import { addDays, isWeekend, secondOfDay } from '#domain/market/day.ts';

/** KRX sessions of a day (ORDERS §4a; stored in `market_calendar.session`). */
export const KRX_SESSIONS = ['pre', 'open_auction', 'regular', 'close_auction', 'post_fixed', 'after'] as const;
export type KrxSession = (typeof KRX_SESSIONS)[number];

/** One session, in seconds of the Seoul day: orders are taken from `orderFrom`, it runs over `[openAt, closeAt)`; an auction matches at `closeAt`. */
export interface SessionHours {
  readonly session: KrxSession;
  readonly orderFrom: number;
  readonly openAt: number;
  readonly closeAt: number;
  /** False where the hours of a special day are carried over from the ordinary rule and no notice was found. */
  readonly isSourced: boolean;
}

export interface CalendarDay {
  readonly day: string;
  readonly isOpen: boolean;
  /** False for years the exchange has only planned: nothing trades automatically on such a day (ORDERS §4a). */
  readonly isConfirmed: boolean;
  readonly sessions: readonly SessionHours[];
}

/**
 * Days KRX is closed beyond weekends. 2024-10-01 by KRX notice of 2024-09-10 (temporary holiday); 2026-07-17 by KRX notice of
 * 2026-05-20 (Constitution Day is a holiday again). The KOSPI index has a value on every other weekday up to 2026-03-20; the rest of
 * 2026 is what two independent public lists agree on. 2027 is derived from the official almanac and KRX's rules; holidays may be added.
 */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  '2024': '01-01 02-09 02-12 03-01 04-10 05-01 05-06 05-15 06-06 08-15 09-16 09-17 09-18 10-01 10-03 10-09 12-25 12-31'.split(' '),
  '2025': '01-01 01-27 01-28 01-29 01-30 03-03 05-01 05-05 05-06 06-03 06-06 08-15 10-03 10-06 10-07 10-08 10-09 12-25 12-31'.split(' '),
  '2026': '01-01 02-16 02-17 02-18 03-02 05-01 05-05 05-25 06-03 07-17 08-17 09-24 09-25 10-05 10-09 12-25 12-31'.split(' '),
  '2027': '01-01 02-08 02-09 03-01 05-03 05-05 05-13 07-19 08-16 09-14 09-15 09-16 10-04 10-11 12-27 12-31'.split(' '),
};
const CONFIRMED_YEARS: readonly string[] = ['2024', '2025', '2026'];

/**
 * University entrance exam (수능): every hour of the day one later, 10:00–16:30 (mediapen.com/news/view/1053536 for 2025). The day in
 * 2027 is not announced.
 */
const EXAM_DAYS: readonly string[] = ['2024-11-14', '2025-11-13', '2026-11-19'];

/** KRX's after-market (애프터마켓), continuous 16:00–20:00, since this day; before it 16:00–18:00 in ten-minute auctions (시간외 단일가). */
export const AFTER_MARKET_SINCE = '2026-09-14';

/** The first and the last day this calendar knows. */
export const CALENDAR_FROM = '2024-01-01';
export const CALENDAR_TO = '2027-12-31';

const HOUR = 3600;
const hours = (session: KrxSession, orderFrom: string, openAt: string, closeAt: string): Omit<SessionHours, 'isSourced'> => ({
  session,
  orderFrom: secondOfDay(orderFrom),
  openAt: secondOfDay(openAt),
  closeAt: secondOfDay(closeAt),
});

/** Ordinary hours: opening auction and pre-open fixed price from 08:30 since 2019-04-29, close at 15:30 since 2016-08-01 (session.ts). */
const ORDINARY = [
  hours('pre', '08:30', '08:30', '08:40'),
  hours('open_auction', '08:30', '08:30', '09:00'),
  hours('regular', '09:00', '09:00', '15:20'),
  hours('close_auction', '15:20', '15:20', '15:30'),
  hours('post_fixed', '15:30', '15:40', '16:00'),
] as const;

function isFirstOpenDayOfYear(day: string): boolean {
  for (let before = addDays(day, -1); before.slice(0, 4) === day.slice(0, 4); before = addDays(before, -1)) {
    if (isOpenDay(before)) return false;
  }
  return true;
}

function isOpenDay(day: string): boolean {
  return !isWeekend(day) && !CLOSED[day.slice(0, 4)]?.includes(day.slice(5));
}

function sessionsOf(day: string): readonly SessionHours[] {
  const after = day >= AFTER_MARKET_SINCE ? hours('after', '16:00', '16:00', '20:00') : hours('after', '16:00', '16:00', '18:00');
  if (EXAM_DAYS.includes(day)) {
    const later = ORDINARY.map((row) => ({
      session: row.session,
      orderFrom: row.orderFrom + HOUR,
      openAt: row.openAt + HOUR,
      closeAt: row.closeAt + HOUR,
      isSourced: row.session === 'regular' || row.session === 'close_auction',
    }));
    return [...later, { ...after, orderFrom: after.orderFrom + HOUR, openAt: after.openAt + HOUR, isSourced: false }];
  }
  if (day.slice(5, 7) === '01' && isFirstOpenDayOfYear(day)) {
    // The first trading day of a year opens at 10:00 and closes as always (2024-01-02, 2026-01-02).
    return [...ORDINARY, after].map((row) => {
      const isMorning = row.session === 'pre' || row.session === 'open_auction';
      const shift = isMorning || row.session === 'regular' ? HOUR : 0;
      return {
        session: row.session,
        orderFrom: row.orderFrom + shift,
        openAt: row.openAt + shift,
        closeAt: row.closeAt + (isMorning ? HOUR : 0),
        isSourced: !isMorning,
      };
    });
  }
  return [...ORDINARY, after].map((row) => ({ ...row, isSourced: true }));
}

/** What KRX does on a day; null for years without data (nobody may guess whether they are open). */
export function krxCalendarDay(day: string): CalendarDay | null {
  const year = day.slice(0, 4);
  if (!CLOSED[year]) return null;
  const isOpen = isOpenDay(day);
  return { day, isOpen, isConfirmed: CONFIRMED_YEARS.includes(year), sessions: isOpen ? sessionsOf(day) : [] };
}

/** The next `count` open days after a day; years without data count every weekday, so a forecast never stops at a year's end. */
export function nextOpenDays(day: string, count: number): readonly string[] {
  const found: string[] = [];
  for (let next = addDays(day, 1); found.length < count; next = addDays(next, 1)) {
    if (isOpenDay(next)) found.push(next);
  }
  return found;
}
