import type { CalendarDay } from '#domain/market/calendar.ts';
import type { InstrumentKind, Market } from '#domain/market/instrument.ts';
import { checkOrder, type Denial, toDenial } from '#domain/risk/check-order.ts';
import { DEFAULT_SETTINGS, type GateInput, type HaltLevel } from '#domain/risk/gate-input.ts';
import type { Note } from '#domain/risk/notes.ts';
import type { OrderFacts } from '#lib/db/order-facts.ts';

export interface PreviewWish {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly priceType: 'limit' | 'market';
  /** Won a share; null at the market. */
  readonly price: number | null;
}
export interface PreviewMarket {
  readonly instrument: {
    readonly market: Market;
    readonly kind: InstrumentKind;
    readonly isHalted: boolean;
    readonly statusCode: string;
    readonly basePrice: number;
    readonly upperLimit: number;
    readonly lowerLimit: number;
    /** The day the prices are of. */
    readonly priceDay: string;
  };
  readonly quote: { readonly last: number; readonly expected: number | null; readonly isHalted: boolean } | null;
  /** The day and second the order would be sent: now, or the next session's start. */
  readonly day: string;
  readonly second: number;
  readonly calendarDay: CalendarDay | null;
  /** It is written down now and sent later. */
  readonly isReserved: boolean;
  readonly halt: HaltLevel;
}
export interface Preview {
  readonly denials: readonly Denial[];
  readonly notes: readonly Note[];
}

/**
 * Every refusal and note an order would meet, before it is sent: the gate's own function with the facts the database tells. The age of
 * quotes and our clock are left to the sender, which asks for a price when it has none.
 */
export function previewOrder(wish: PreviewWish, facts: OrderFacts, market: PreviewMarket): Preview {
  const verdict = checkOrder(toInput(wish, facts, market));
  const authority = facts.authority[wish.side];
  const { instrument, day, isReserved } = market;
  const isUndated = wish.side === 'buy' && !isReserved && instrument.priceDay !== day;
  const denials = [
    ...(authority ? [toDenial(authority)] : []),
    ...(isUndated ? [toDenial({ code: 'no_quote', numbers: {} })] : []),
    ...(verdict.ok ? [] : verdict.denials),
  ];
  return { denials: denials.filter(({ code }, i) => denials.findIndex((other) => other.code === code) === i), notes: verdict.notes };
}

function toInput(wish: PreviewWish, facts: OrderFacts, market: PreviewMarket): GateInput {
  const { limits, usage } = facts;
  const { instrument, quote, isReserved } = market;
  const isOfToday = instrument.priceDay === market.day;
  const last = quote?.last || instrument.basePrice;
  const { upper, lower } = limitsFor(wish, instrument, last, isOfToday);
  return {
    order: { ...wish, timeInForce: 'day', origin: 'user', allowDuplicate: false },
    day: market.day,
    second: market.second,
    calendarDay: market.calendarDay,
    halt: market.halt,
    clockOffsetSeconds: null,
    instrument: {
      market: instrument.market,
      kind: instrument.kind,
      isListed: true,
      isHalted: instrument.isHalted || quote?.isHalted === true,
      isInVi: false,
      isLiquidation: false,
      statusCode: instrument.statusCode,
      basePrice: instrument.basePrice,
      upperLimit: upper,
      lowerLimit: lower,
      averageVolume: facts.average_volume,
    },
    // A price of now would not be the one a reserved order is held against; it is checked again before it is sent.
    quote: {
      last: isReserved ? (wish.price ?? last) : last,
      expected: quote?.expected ?? null,
      socketAgeSeconds: null,
      fetchedAgeSeconds: 0,
    },
    limits: {
      expiredAt: limits.expired_at,
      orderAmount: limits.max_order_amount,
      positionAmount: limits.max_position_size,
      grossAmount: limits.max_gross_amount,
      grossUsed: usage.gross,
      dailyAmount: limits.daily_trade_limit,
      dailyAmountUsed: usage.daily_amount,
      dailyOrders: limits.daily_order_limit,
      dailyOrdersUsed: usage.daily_orders,
      dailyLoss: limits.max_daily_loss,
      lossToday: usage.loss,
      volumePercent: limits.max_volume_percent,
      recentOrders: usage.minute_orders,
      rateOrders: limits.max_orders_a_minute,
      rateSeconds: 60,
    },
    settings: {
      ...DEFAULT_SETTINGS,
      allowAdministrative: facts.allow_restricted,
      allowInvestmentRisk: facts.allow_restricted,
      allowLiquidation: facts.allow_restricted,
      collarPercent: limits.collar_percent,
    },
    heldQuantity: facts.held,
    workingBuyQuantity: facts.working_buys,
    working: facts.working,
    sameOrderSecondsAgo: null,
    hasUnknownOrder: facts.has_unknown_buy,
    isPositionUnproved: facts.has_break,
    orderableCash: facts.free_cash ?? 0,
    commissionRate: facts.commission_rate,
    sellableQuantity: facts.sellable,
  };
}

/** Limits of another day bind nobody; what a market order may cost then is reckoned from the last price, with the same width. */
function limitsFor(wish: PreviewWish, instrument: PreviewMarket['instrument'], last: number, isOfToday: boolean) {
  const { upperLimit, lowerLimit, basePrice } = instrument;
  if (isOfToday) return { upper: upperLimit, lower: lowerLimit };
  const upper = basePrice > 0 ? Math.ceil((last * upperLimit) / basePrice) : upperLimit;
  return { upper: Math.max(upper, wish.price ?? 0), lower: Math.min(lowerLimit, wish.price ?? lowerLimit) };
}
