import { z } from 'zod';

/** The side of an order; stored as `real_orders.order_type`. */
export const side = z.enum(['buy', 'sell']);
export type Side = z.infer<typeof side>;

/** Stored words of `real_orders.order_status` (ORDERS: QUEUED pending … EXPIRED expired). */
export const orderStatus = z.enum([
  'pending',
  'submitting',
  'unknown',
  'accepted',
  'partially_filled',
  'cancel_pending',
  'replace_pending',
  'executed',
  'cancelled',
  'replaced',
  'rejected',
  'denied',
  'expired',
]);
export type OrderStatus = z.infer<typeof orderStatus>;

export const priceType = z.enum(['limit', 'market', 'best', 'own_best', 'conditional', 'mid', 'pre_close', 'post_close']);
export type PriceType = z.infer<typeof priceType>;

export const timeInForce = z.enum(['day', 'ioc', 'fok']);
export type TimeInForce = z.infer<typeof timeInForce>;

export const orderOrigin = z.enum(['user', 'strategy', 'stop', 'flatten', 'external']);
export type OrderOrigin = z.infer<typeof orderOrigin>;

/** KRX short code (단축코드): six characters, may hold letters; ETN orders prefix Q at the broker only. */
export const symbol = z
  .string()
  .regex(/^[0-9A-Z]{6}$/)
  .brand<'Symbol'>();
export type Symbol = z.infer<typeof symbol>;

/** A calendar day in Seoul, `YYYY-MM-DD`. */
export const tradingDay = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .brand<'TradingDay'>();
export type TradingDay = z.infer<typeof tradingDay>;

/** Shares of an order that may still trade. */
export function leavesOf(order: {
  readonly quantity: number;
  readonly cumQuantity: number;
  readonly cancelledQuantity: number;
  readonly replacedQuantity: number;
}): number {
  return Math.max(0, order.quantity - order.cumQuantity - order.cancelledQuantity - order.replacedQuantity);
}

/** Final states hold no reservation and never move again without broker evidence (ORDERS §2). */
export const FINAL_STATUSES = [
  'executed',
  'cancelled',
  'replaced',
  'rejected',
  'denied',
  'expired',
] as const satisfies readonly OrderStatus[];
