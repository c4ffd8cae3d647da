import { type CalendarDay, KRX_SESSIONS, type KrxSession } from '#domain/market/calendar.ts';

/** A confirmed session as `market_calendar` keeps it; instants as ISO texts. */
export interface StoredSession {
  readonly session: string;
  readonly orderFrom: string;
  readonly openAt: string;
  readonly closeAt: string;
}

const DAY_SECONDS = 86_400;
const SEOUL_OFFSET_MS = 9 * 3_600_000; // Korea has had no daylight saving since 1988.

/** The sessions of one Seoul day in seconds of that day; null when none is stored: nothing trades then. */
export function calendarDayOf(day: string, rows: readonly StoredSession[]): CalendarDay | null {
  if (rows.length === 0) return null;
  const midnight = Date.parse(`${day}T00:00:00Z`) - SEOUL_OFFSET_MS;
  const second = (instant: string) => Math.min(DAY_SECONDS, Math.floor((Date.parse(instant) - midnight) / 1_000));
  const sessions = rows
    .filter((row) => (KRX_SESSIONS as readonly string[]).includes(row.session))
    .map((row) => ({
      session: row.session as KrxSession,
      orderFrom: second(row.orderFrom),
      openAt: second(row.openAt),
      closeAt: second(row.closeAt),
      isSourced: true,
    }));
  return { day, isOpen: true, isConfirmed: true, sessions };
}
