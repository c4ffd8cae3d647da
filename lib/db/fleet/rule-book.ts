import type pg from 'pg';
import { CALENDAR_FROM, CALENDAR_TO, krxCalendarDay } from '#domain/market/calendar.ts';
import { addDays, clockText } from '#domain/market/day.ts';
import { tickEras } from '#domain/market/ticks.ts';

/** The rule book of lib/domain as the database needs it: SQL checks ticks and sessions of orders from these rows. */

const KINDS = ['stock', 'etf', 'etn'] as const;
const MARKETS = ['KOSPI', 'KOSDAQ', 'KONEX'] as const;

/** Writes every tick table of every date; what is there already is corrected. */
export async function publishTickBands(pool: pg.Pool): Promise<void> {
  const rows = KINDS.flatMap((kind) =>
    MARKETS.flatMap((market) =>
      tickEras(kind, market).flatMap((era) =>
        era.bands.map((band) => ({ kind, market, valid_from: era.since, price_from: band.from, tick: band.tick })),
      ),
    ),
  );
  await pool.query(
    `insert into public.tick_bands (kind, market, valid_from, price_from, tick)
     select * from jsonb_to_recordset($1::jsonb) as r(kind text, market text, valid_from date, price_from numeric, tick numeric)
     on conflict (kind, market, valid_from, price_from) do update set tick = excluded.tick where tick_bands.tick <> excluded.tick`,
    [JSON.stringify(rows)],
  );
}

interface SessionRow {
  readonly day: string;
  readonly session: string;
  readonly is_open: boolean;
  readonly order_from: string | null;
  readonly open_at: string | null;
  readonly close_at: string | null;
  readonly source: string;
}

/** A second of a Seoul day as an instant; 24:00 is the next day's midnight. */
function instant(day: string, second: number): string {
  return second === 86_400 ? `${addDays(day, 1)}T00:00:00+09:00` : `${day}T${clockText(second)}+09:00`;
}

async function writeSessions(pool: pg.Pool, rows: readonly SessionRow[]): Promise<void> {
  // A row that an operator entered (another source) stays as it is.
  await pool.query(
    `insert into public.market_calendar as c (market, day, session, order_from, open_at, close_at, is_open, source)
     select 'KRX', day, session, order_from, open_at, close_at, is_open, source from jsonb_to_recordset($1::jsonb)
         as r(day date, session text, is_open boolean, order_from timestamptz, open_at timestamptz, close_at timestamptz, source text)
     on conflict (market, day, session) do nothing`,
    [JSON.stringify(rows)],
  );
}

/** KRX's days as the domain's calendar confirms them. Planned years are left out: a day without a row trades nothing automatically. */
export async function publishKrxCalendar(pool: pg.Pool): Promise<void> {
  const rows: SessionRow[] = [];
  for (let day = CALENDAR_FROM; day <= CALENDAR_TO; day = addDays(day, 1)) {
    const known = krxCalendarDay(day);
    if (!known?.isConfirmed) continue;
    const source = 'krx';
    if (!known.isOpen) rows.push({ day, session: 'closed', is_open: false, order_from: null, open_at: null, close_at: null, source });
    for (const s of known.sessions) {
      rows.push({
        day,
        session: s.session,
        is_open: true,
        order_from: instant(day, s.orderFrom),
        open_at: instant(day, s.openAt),
        close_at: instant(day, s.closeAt),
        source,
      });
    }
  }
  await writeSessions(pool, rows);
}

const MINUTE = 60;
/** Hours of the synthetic market by option, in seconds of the day: session, order entry and opening, close. They are the venue's own. */
const OPEN_HOURS = {
  demo: [
    ['open_auction', 30 * MINUTE, 40 * MINUTE],
    ['regular', 40 * MINUTE, 1_420 * MINUTE],
    ['close_auction', 1_420 * MINUTE, 1_430 * MINUTE],
  ],
  always: [['regular', 0, 1_440 * MINUTE]],
} as const;

/** Sessions of the synthetic market, which opens every day, for `days` days from `from`. Only for the local stack. */
export async function publishOpenHours(pool: pg.Pool, hours: keyof typeof OPEN_HOURS, from: string, days: number): Promise<void> {
  const rows = Array.from({ length: days }, (_, i) => addDays(from, i)).flatMap((day) =>
    OPEN_HOURS[hours].map(
      ([session, opens, closes]): SessionRow => ({
        day,
        session,
        is_open: true,
        order_from: instant(day, opens),
        open_at: instant(day, opens),
        close_at: instant(day, closes),
        source: `synthetic ${hours}`,
      }),
    ),
  );
  // The hours of an earlier start may have been others.
  await pool.query(
    `delete from public.market_calendar where market = 'KRX' and (source = 'krx' or source like 'synthetic %') and source <> $1`,
    [`synthetic ${hours}`],
  );
  await writeSessions(pool, rows);
}
