import type { CalendarDay } from '#domain/market/calendar.ts';
import { calendarDayOf } from '#domain/market/calendar-day.ts';
import { secondOfDay } from '#domain/market/day.ts';
import { sessionAt } from '#domain/market/session.ts';
import { checkOrder } from '#domain/risk/check-order.ts';
import { DEFAULT_SETTINGS, type GateInput, type HaltLevel, NO_LIMITS } from '#domain/risk/gate-input.ts';
import type { GateFacts } from '#lib/db/fleet/gate-facts.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { OrderBookSnapshot, QuoteSnapshot } from '#nas/brokers/port.ts';
import { seoul } from '#nas/runtime/clock.ts';
import type { GateVerdict } from './account/context.ts';

/** A quote this old is fetched anew before an entry is judged (ORDERS §5, data age). */
const SOCKET_SECONDS = 15;
/** A volatility interruption lasts about two minutes: a strategy's buy looks again after this. */
const VI_LOOK_MS = 5_000;

export interface GateContext {
  readonly facts: GateFacts;
  readonly halt: HaltLevel;
  readonly clockOffsetMs: number | null;
  readonly wall: number;
  /** One price from the broker, asked only when no socket carries the symbol. */
  fetchQuote(): Promise<QuoteSnapshot | null>;
  /** The order book, for an auction's expected price. */
  fetchBook(): Promise<OrderBookSnapshot | null>;
}

/**
 * The TypeScript gate as it binds before a send. Limits, cash and shares were decided by SQL under its lock when the order was
 * placed and are held by its reservation, so they are not asked a second time here.
 */
export async function judgeBeforeSend(order: OrderRow, context: GateContext): Promise<GateVerdict> {
  const { facts } = context;
  const isStale = facts.quote === null || facts.quote.age_seconds > SOCKET_SECONDS;
  // Only a price that is asked for tells of a volatility interruption, for which a strategy's buy waits.
  const needsQuote = order.isEntry && (isStale || order.origin === 'strategy');
  const fetched = needsQuote ? await context.fetchQuote() : null;
  const expected = await expectedPrice(order, context, fetched);
  const verdict = checkOrder(toInput(order, context, fetched, expected));
  if (verdict.ok) return { kind: 'pass' };
  const [first] = verdict.denials.filter(({ code }) => code !== 'symbol_in_vi');
  if (!first) return { kind: 'wait', reason: 'symbol_in_vi', afterMs: VI_LOOK_MS };
  return { kind: 'denied', code: first.code, numbers: { ...first.numbers } };
}

/** In auctions a price is held against what the auction would match at, not against the last trade (ORDERS §5). */
async function expectedPrice(order: OrderRow, context: GateContext, fetched: QuoteSnapshot | null): Promise<number | null> {
  if (!order.isEntry || order.price === null) return null;
  const { facts } = context;
  const now = seoul(context.wall);
  const session = sessionAt(toCalendarDay(order.orderDay ?? now.day, facts, now.day), secondOfDay(now.time))?.session;
  if (session !== 'open_auction' && session !== 'close_auction' && fetched?.isInVi !== true) return null;
  const isFresh = facts.quote !== null && facts.quote.age_seconds <= SOCKET_SECONDS;
  return (isFresh && facts.quote?.expected_price) || ((await context.fetchBook())?.expectedPrice ?? null);
}

function toInput(order: OrderRow, context: GateContext, fetched: QuoteSnapshot | null, expected: number | null): GateInput {
  const { facts } = context;
  const now = seoul(context.wall);
  const row = facts.instrument;
  // Yesterday's limits bind nobody. Buys do not come this far without today's; a sale goes, and the exchange checks its price.
  const isDated = row?.price_day === order.orderDay || order.isEntry || order.price === null;
  return {
    order: { ...order, origin: order.origin, price: order.price },
    day: order.orderDay ?? now.day,
    second: secondOfDay(now.time),
    calendarDay: toCalendarDay(order.orderDay ?? now.day, facts, now.day),
    halt: context.halt,
    clockOffsetSeconds: context.clockOffsetMs === null ? null : context.clockOffsetMs / 1000,
    instrument: row && {
      market: row.market,
      kind: row.kind,
      isListed: row.is_listed,
      isHalted: row.is_halted || facts.quote?.is_halted === true || fetched?.isHalted === true,
      isInVi: fetched?.isInVi ?? false,
      isLiquidation: fetched?.isLiquidation ?? false,
      statusCode: fetched?.statusCode ?? row.status_code,
      basePrice: fetched?.basePrice ?? row.base_price,
      upperLimit: fetched?.upperLimit ?? (isDated ? row.upper_limit : Math.max(row.upper_limit, order.price ?? 0)),
      lowerLimit: fetched?.lowerLimit ?? (isDated ? row.lower_limit : Math.min(row.lower_limit, order.price ?? 0)),
      averageVolume: row.average_volume,
    },
    quote: toQuote(facts, fetched, expected),
    limits: { ...NO_LIMITS, volumePercent: facts.max_volume_percent },
    settings: {
      ...DEFAULT_SETTINGS,
      allowAdministrative: facts.allow_restricted,
      allowInvestmentRisk: facts.allow_restricted,
      allowLiquidation: facts.allow_restricted,
      collarPercent: facts.collar_percent,
    },
    heldQuantity: 0,
    workingBuyQuantity: 0,
    working: facts.working,
    sameOrderSecondsAgo: facts.same_seconds_ago,
    // Entries wait in the sender while an order beside them is unknown or the start is not clean; they are not denied for it.
    hasUnknownOrder: false,
    isPositionUnproved: facts.has_break,
    orderableCash: Number.MAX_SAFE_INTEGER,
    commissionRate: 0,
    sellableQuantity: Number.MAX_SAFE_INTEGER,
  };
}

function toQuote({ quote }: GateFacts, fetched: QuoteSnapshot | null, expected: number | null): GateInput['quote'] {
  if (!quote && !fetched) return null;
  return {
    last: fetched?.last ?? (quote?.last_price || null),
    expected,
    socketAgeSeconds: quote?.age_seconds ?? null,
    fetchedAgeSeconds: fetched ? 0 : null,
  };
}

/** The confirmed sessions of the order's day; an order of another day finds the market closed. */
function toCalendarDay(day: string, facts: GateFacts, todayInSeoul: string): CalendarDay | null {
  if (day !== todayInSeoul) return null;
  const rows = facts.sessions.map((row) => ({
    session: row.session,
    orderFrom: row.order_from,
    openAt: row.open_at,
    closeAt: row.close_at,
  }));
  return calendarDayOf(day, rows);
}
