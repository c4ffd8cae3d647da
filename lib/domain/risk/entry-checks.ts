import { sessionAt } from '#domain/market/session.ts';
import { floorToTick, tickTable } from '#domain/market/ticks.ts';
import type { DenialCode, DenialNumbers } from '#domain/risk/denials.ts';
import type { GateInput } from '#domain/risk/gate-input.ts';
import type { Check, Finding } from '#domain/risk/order-checks.ts';
import { reserveAmount, reservePrice } from '#domain/risk/reserve.ts';

const found = (code: DenialCode, numbers: DenialNumbers = {}): Finding => ({ code, numbers });

/** PAUSE_ENTRIES and REDUCE_ONLY let nothing in that raises exposure. */
export const checkEntryHalt: Check = ({ halt }) =>
  halt === 'pause_entries' || halt === 'reduce_only' ? found('halted', { level: halt }) : null;

/** Our clock and the broker's agree within 3 s. A wrong clock must not keep a person in a position, so it binds entries only. */
export const checkClock: Check = ({ clockOffsetSeconds }) =>
  clockOffsetSeconds !== null && Math.abs(clockOffsetSeconds) > 3 ? found('clock_skew', { seconds: Math.abs(clockOffsetSeconds) }) : null;

const RESTRICTED = {
  '51': { setting: 'allowAdministrative', status: '관리종목 (administrative issue)' },
  '52': { setting: 'allowInvestmentRisk', status: '투자위험 (investment risk)' },
} as const;

/** 관리종목, 투자위험 and 정리매매 are bought only where the person's settings allow it. */
export const checkRestricted: Check = ({ instrument, settings }) => {
  if (!instrument) return null;
  if (instrument.isLiquidation && !settings.allowLiquidation) {
    return found('symbol_restricted', { status: '정리매매 (liquidation trading)' });
  }
  const rule = RESTRICTED[instrument.statusCode as keyof typeof RESTRICTED];
  return rule && !settings[rule.setting] ? found('symbol_restricted', { status: rule.status }) : null;
};

/** A volatility interruption only informs a person; a strategy's buy waits until it is lifted. */
export const checkVi: Check = ({ order, instrument }) => (order.origin === 'strategy' && instrument?.isInVi ? found('symbol_in_vi') : null);

/** Last price; in auctions the expected one; before the first trade the base price (ORDERS §5). */
export function referencePrice({ quote, instrument, calendarDay, second }: GateInput): number | null {
  const session = sessionAt(calendarDay, second)?.session;
  const isAuction = session === 'open_auction' || session === 'close_auction' || instrument?.isInVi === true;
  if (isAuction && quote?.expected) return quote.expected;
  return quote?.last || (instrument?.basePrice ?? null);
}

const HARD_COLLAR_PERCENT = 10;

/** A buy not far above the reference. Passive prices are free; a market order has no price to compare. */
export const checkCollar: Check = (input) => {
  const { order, day, instrument, settings } = input;
  const reference = referencePrice(input);
  if (order.price === null || reference === null || !instrument) return null;
  const percent = Math.min(settings.collarPercent, HARD_COLLAR_PERCENT);
  if (order.price * 100 <= reference * (100 + percent)) return null;
  const bands = tickTable({ day, kind: instrument.kind, market: instrument.market });
  return found('collar', { price: order.price, reference, limit: floorToTick(Math.floor((reference * (100 + percent)) / 100), bands) });
};

const SOCKET_SECONDS = 15;
const FETCHED_SECONDS = 3;

/** The symbol's socket was heard within 15 s, or a price was fetched within 3 s. A quiet stock is not a stale feed. */
export const checkDataAge: Check = ({ quote }) => {
  const ages = [quote?.socketAgeSeconds, quote?.fetchedAgeSeconds].filter((age): age is number => typeof age === 'number');
  if (!quote || ages.length === 0) return found('no_quote');
  const isFresh = (quote.socketAgeSeconds ?? Infinity) <= SOCKET_SECONDS || (quote.fetchedAgeSeconds ?? Infinity) <= FETCHED_SECONDS;
  return isFresh ? null : found('stale_data', { seconds: Math.floor(Math.min(...ages)) });
};

/** Entries wait while an order of the same account, symbol and side is unknown. */
export const checkUnknownOrder: Check = ({ hasUnknownOrder }) => (hasUnknownOrder ? found('unknown_outstanding') : null);

/** Entries wait while the position differs from the broker's or has not been proved since the start. */
export const checkPositionProved: Check = ({ isPositionUnproved }) => (isPositionUnproved ? found('position_unproved') : null);

/** Won this buy may cost at worst, without commission. */
const worstAmount = ({ order, instrument }: GateInput) => order.quantity * reservePrice(order, instrument?.upperLimit ?? order.price ?? 0);

/** Limits that ran out allow nothing until an administrator renews them. */
export const checkExpired: Check = ({ limits: { expiredAt } }) =>
  expiredAt === null ? null : found('limits_expired', { expired_at: expiredAt });

export const checkOrderAmount: Check = (input) => {
  const limit = input.limits.orderAmount;
  const amount = worstAmount(input);
  return limit !== null && amount > limit ? found('order_amount_limit', { amount, limit }) : null;
};

/** (held + working buys + this) × max(last, worst price of this order), over all the user's accounts. */
export const checkPosition: Check = (input) => {
  const { order, limits, heldQuantity, workingBuyQuantity } = input;
  if (limits.positionAmount === null) return null;
  const last = input.quote?.last || (input.instrument?.basePrice ?? 0);
  const unit = Math.max(last, reservePrice(order, input.instrument?.upperLimit ?? 0));
  const amount = (heldQuantity + workingBuyQuantity + order.quantity) * unit;
  return amount > limits.positionAmount ? found('position_limit', { amount, limit: limits.positionAmount }) : null;
};

export const checkGross: Check = (input) => {
  const { grossAmount: limit, grossUsed } = input.limits;
  const amount = grossUsed + worstAmount(input);
  return limit !== null && amount > limit ? found('gross_limit', { amount, limit }) : null;
};

/** Won bought in a Seoul day: filled plus reserved remainder plus this order, market orders at the upper limit. */
export const checkDailyAmount: Check = (input) => {
  const { dailyAmount: limit, dailyAmountUsed: used } = input.limits;
  const amount = worstAmount(input);
  return limit !== null && used + amount > limit ? found('daily_amount_limit', { used, amount, limit }) : null;
};

export const checkDailyOrders: Check = ({ limits: { dailyOrders: limit, dailyOrdersUsed: used } }) =>
  limit !== null && used >= limit ? found('daily_order_limit', { used, limit }) : null;

export const checkLoss: Check = ({ limits: { dailyLoss: limit, lossToday: loss } }) =>
  limit !== null && loss > 0 && loss >= limit ? found('loss_limit', { loss, limit }) : null;

/** A share of the average volume, so that one order does not move the market. */
export const checkVolumeShare: Check = ({ order, instrument, limits }) => {
  const average = instrument?.averageVolume ?? null;
  if (limits.volumePercent === null || average === null) return null;
  const limit = Math.floor((average * limits.volumePercent) / 100);
  return order.quantity > limit ? found('adv_share', { quantity: order.quantity, limit }) : null;
};

export const checkRate: Check = ({ limits: { recentOrders: count, rateOrders: limit, rateSeconds: seconds } }) =>
  limit !== null && count >= limit ? found('rate_limited', { count, seconds, limit }) : null;

/** Cash covers the worst price and the commission: we never buy on 미수. */
export const checkCash: Check = ({ order, instrument, orderableCash, commissionRate }) => {
  if (!instrument) return null;
  const needed = reserveAmount(order, instrument.upperLimit, commissionRate);
  return needed > orderableCash ? found('insufficient_cash', { needed, available: orderableCash }) : null;
};
