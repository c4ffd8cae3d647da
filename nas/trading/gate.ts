import type { CalendarDay } from '#domain/market/calendar.ts';
import { KRX_SESSIONS, type KrxSession } from '#domain/market/calendar.ts';
import { secondOfDay } from '#domain/market/day.ts';
import { checkOrder } from '#domain/risk/check-order.ts';
import { DEFAULT_SETTINGS, type GateInput, type HaltLevel, NO_LIMITS } from '#domain/risk/gate-input.ts';
import type { GateFacts } from '#lib/db/fleet/gate-facts.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { QuoteSnapshot } from '#nas/brokers/port.ts';
import { seoul } from '#nas/runtime/clock.ts';
import type { GateVerdict } from './account/context.ts';

const DAY_SECONDS = 86_400;
/** A quote this old is fetched anew before an entry is judged (ORDERS §5, data age). */
const SOCKET_SECONDS = 15;

export interface GateContext {
  readonly facts: GateFacts;
  readonly halt: HaltLevel;
  readonly clockOffsetMs: number | null;
  readonly wall: number;
  /** One price from the broker, asked only when no socket carries the symbol. */
  fetchQuote(): Promise<QuoteSnapshot | null>;
}

/**
 * The TypeScript gate as it binds before a send. Limits, cash and shares were decided by SQL under its lock when the order was
 * placed and are held by its reservation, so they are not asked a second time here.
 */
export async function judgeBeforeSend(order: OrderRow, context: GateContext): Promise<GateVerdict> {
  const { facts } = context;
  const isStale = facts.quote === null || facts.quote.age_seconds > SOCKET_SECONDS;
  const fetched = isStale && order.isEntry ? await context.fetchQuote() : null;
  const verdict = checkOrder(toInput(order, context, fetched));
  if (verdict.ok) return { kind: 'pass' };
  const [first] = verdict.denials;
  return { kind: 'denied', code: first!.code, numbers: { ...first!.numbers } };
}

function toInput(order: OrderRow, context: GateContext, fetched: QuoteSnapshot | null): GateInput {
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
      isLiquidation: false,
      statusCode: fetched?.statusCode ?? row.status_code,
      basePrice: fetched?.basePrice ?? row.base_price,
      upperLimit: fetched?.upperLimit ?? (isDated ? row.upper_limit : Math.max(row.upper_limit, order.price ?? 0)),
      lowerLimit: fetched?.lowerLimit ?? (isDated ? row.lower_limit : Math.min(row.lower_limit, order.price ?? 0)),
      averageVolume: null,
    },
    quote: toQuote(facts, fetched),
    limits: NO_LIMITS,
    settings: {
      ...DEFAULT_SETTINGS,
      allowAdministrative: facts.allow_restricted,
      allowInvestmentRisk: facts.allow_restricted,
      allowLiquidation: facts.allow_restricted,
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

function toQuote(facts: GateFacts, fetched: QuoteSnapshot | null): GateInput['quote'] {
  if (fetched) return { last: fetched.last, expected: null, socketAgeSeconds: null, fetchedAgeSeconds: 0 };
  if (!facts.quote) return null;
  return { last: facts.quote.last_price || null, expected: null, socketAgeSeconds: facts.quote.age_seconds, fetchedAgeSeconds: null };
}

/** The confirmed sessions of the order's day; an order of another day finds the market closed. */
function toCalendarDay(day: string, facts: GateFacts, todayInSeoul: string): CalendarDay | null {
  if (facts.sessions.length === 0 || day !== todayInSeoul) return null;
  const second = (instant: string) => {
    const at = seoul(Date.parse(instant));
    return at.day > day ? DAY_SECONDS : secondOfDay(at.time);
  };
  const sessions = facts.sessions
    .filter((row) => (KRX_SESSIONS as readonly string[]).includes(row.session))
    .map((row) => ({
      session: row.session as KrxSession,
      orderFrom: second(row.order_from),
      openAt: second(row.open_at),
      closeAt: second(row.close_at),
      isSourced: true,
    }));
  return { day, isOpen: true, isConfirmed: true, sessions };
}
