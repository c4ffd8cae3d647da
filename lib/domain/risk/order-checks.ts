import { SENDABLE_SESSIONS, sessionAt, sessionForOrder } from '#domain/market/session.ts';
import { ceilToTick, floorToTick, isOnTick, tickSize, tickTable } from '#domain/market/ticks.ts';
import type { PriceType } from '#domain/order/order.ts';
import type { DenialCode, DenialNumbers } from '#domain/risk/denials.ts';
import type { GateInput } from '#domain/risk/gate-input.ts';
import { reservePrice } from '#domain/risk/reserve.ts';

/** A refusal before it has its sentences. */
export interface Finding {
  readonly code: DenialCode;
  readonly numbers: DenialNumbers;
}
/** One rule: what it finds wrong, or null. */
export type Check = (input: GateInput) => Finding | null;

const found = (code: DenialCode, numbers: DenialNumbers = {}): Finding => ({ code, numbers });

/** No share costs more won, and no order holds more shares. */
const MAX_FIGURE = 1_000_000_000;

const TYPES_WITH_PRICE: readonly PriceType[] = ['limit', 'conditional'];

/** Whole shares, 1 to a thousand million. */
export const checkQuantity: Check = ({ order: { quantity } }) =>
  Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= MAX_FIGURE ? null : found('invalid_quantity', { quantity });

/** A price where the type has one, none where it has none. */
export const checkPrice: Check = ({ order }) => {
  const needsPrice = TYPES_WITH_PRICE.includes(order.priceType);
  if (!needsPrice) return order.price === null ? null : found('invalid_price', { price: order.price });
  const isPrice = order.price !== null && Number.isSafeInteger(order.price) && order.price > 0 && order.price <= MAX_FIGURE;
  return isPrice ? null : found('invalid_price', { price: order.price });
};

/** An order whose worst amount is not an exact integer of won is nobody's wish. */
export const checkExactAmount: Check = ({ order, instrument }) => {
  const worstPrice = reservePrice(order, instrument?.upperLimit ?? 0);
  if (Number.isSafeInteger(order.quantity * worstPrice)) return null;
  const amount = String(BigInt(order.quantity) * BigInt(worstPrice));
  return found('order_amount_limit', { amount, limit: Number.MAX_SAFE_INTEGER });
};

/** HALT stops everything but cancels and a flatten; the two milder levels stop entries (see entry checks). */
export const checkHalt: Check = ({ order, halt }) =>
  halt === 'halt' && order.origin !== 'flatten' ? found('halted', { level: halt }) : null;

/** The session takes orders now, we send to it, and it takes this type. */
export const checkSession: Check = ({ order, calendarDay, second }) => {
  const main = sessionAt(calendarDay, second);
  if (!main) return found('market_closed');
  const joined = sessionForOrder(calendarDay, second, order);
  const session = joined?.session ?? main.session;
  if (!(SENDABLE_SESSIONS as readonly string[]).includes(session)) return found('session_unsupported', { session });
  return joined ? null : found('price_type_not_in_session', { session });
};

/** The exchange would not take an order for it: unknown, delisted, or halted (58). */
export const checkTradable: Check = ({ instrument }) => {
  if (!instrument?.isListed) return found('unknown_symbol');
  return instrument.isHalted || instrument.statusCode === '58' ? found('symbol_halted') : null;
};

/** The price lies on the tick of the day. */
export const checkTick: Check = ({ order, day, instrument }) => {
  if (order.price === null || !instrument) return null;
  const bands = tickTable({ day, kind: instrument.kind, market: instrument.market });
  if (isOnTick(order.price, bands)) return null;
  const tick = tickSize(order.price, bands);
  return found('off_tick', {
    price: order.price,
    tick,
    below: Math.max(tick, floorToTick(order.price, bands)),
    above: ceilToTick(order.price, bands),
  });
};

/** The price lies inside today's limits. */
export const checkPriceLimits: Check = ({ order, instrument }) => {
  if (order.price === null || !instrument) return null;
  const { upperLimit: upper, lowerLimit: lower } = instrument;
  return order.price > upper || order.price < lower ? found('outside_price_limits', { price: order.price, upper, lower }) : null;
};

/** Would trade with an own order of the other side. Orders without a price cross everything. */
export const checkSelfCross: Check = ({ order, working }) => {
  const crossed = working.find((other) => {
    if (other.side === order.side || other.remaining <= 0) return false;
    if (order.price === null || other.price === null) return true;
    return order.side === 'buy' ? order.price >= other.price : order.price <= other.price;
  });
  return crossed ? found('self_cross', { price: crossed.price }) : null;
};

/** The same fingerprint within two seconds under another intent key asks for a confirmation. */
export const checkDuplicate: Check = ({ order, sameOrderSecondsAgo }) =>
  sameOrderSecondsAgo !== null && sameOrderSecondsAgo < 2 && !order.allowDuplicate
    ? found('duplicate_suspected', { seconds: sameOrderSecondsAgo })
    : null;

/** Sells ask for no more than may be sold: we never go short. */
export const checkSellable: Check = ({ order, sellableQuantity }) =>
  order.side === 'sell' && order.quantity > sellableQuantity
    ? found('insufficient_shares', { quantity: order.quantity, sellable: sellableQuantity })
    : null;
