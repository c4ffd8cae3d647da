import { z } from 'zod';
import { krw, price, shares } from '#domain/money.ts';
import { orderOrigin, orderStatus, priceType, side, symbol, timeInForce, tradingDay } from '#domain/order/order.ts';
import { rowId } from '../columns.ts';

const instant = z.union([z.date(), z.string()]).transform((value) => new Date(value));
const optional = <T extends z.ZodType>(schema: T) =>
  schema
    .nullable()
    .optional()
    .transform((value) => value ?? null);

/** A row of `real_orders` as the trading service reads it; an account number never appears in it. */
export const orderRow = z
  .object({
    id: rowId,
    user_id: rowId,
    broker_account_id: rowId,
    stock_code: symbol,
    order_type: side,
    order_status: orderStatus,
    quantity: z.coerce.number().pipe(shares),
    price: optional(z.coerce.number().pipe(price)),
    price_type: priceType,
    time_in_force: timeInForce,
    venue: z.string(),
    order_day: optional(tradingDay),
    cum_quantity: z.coerce.number().pipe(shares),
    cum_amount: z.coerce.number().pipe(krw),
    provisional_quantity: z.coerce.number(),
    cancelled_quantity: z.coerce.number(),
    replaced_quantity: z.coerce.number(),
    replaces_whole: z.boolean(),
    parent_order_id: optional(rowId),
    cancel_quantity: optional(z.coerce.number().pipe(shares)),
    broker_order_id: optional(z.string()),
    broker_branch: z.string(),
    origin: orderOrigin,
    deployment_id: optional(rowId),
    strategy_id: optional(rowId),
    is_entry: z.boolean(),
    allow_duplicate: z.boolean(),
    send_at: optional(instant),
    expires_at: optional(instant),
    cancel_requested_at: optional(instant),
    outcome_unknown: z.boolean(),
    candidates: z.unknown(),
    submitted_at: optional(instant),
    created_at: instant,
    version: z.coerce.number(),
  })
  .transform((row) => ({
    id: row.id,
    userId: row.user_id,
    accountId: row.broker_account_id,
    symbol: row.stock_code,
    side: row.order_type,
    status: row.order_status,
    quantity: row.quantity,
    price: row.price,
    priceType: row.price_type,
    timeInForce: row.time_in_force,
    venue: row.venue,
    orderDay: row.order_day,
    cumQuantity: row.cum_quantity,
    cumAmount: row.cum_amount,
    provisionalQuantity: row.provisional_quantity,
    cancelledQuantity: row.cancelled_quantity,
    /** Shares that went on in replacements. */
    replacedQuantity: row.replaced_quantity,
    /** A change of whatever is left of its parent; its own quantity is what was left when it was asked for. */
    replacesWhole: row.replaces_whole,
    parentOrderId: row.parent_order_id,
    /** The part a cancel asks for; null for all of it. */
    cancelQuantity: row.cancel_quantity,
    brokerOrderId: row.broker_order_id,
    branch: row.broker_branch,
    origin: row.origin,
    deploymentId: row.deployment_id,
    strategyId: row.strategy_id,
    isEntry: row.is_entry,
    allowDuplicate: row.allow_duplicate,
    sendAt: row.send_at,
    expiresAt: row.expires_at,
    cancelRequestedAt: row.cancel_requested_at,
    outcomeUnknown: row.outcome_unknown,
    hasCandidates: Array.isArray(row.candidates) && row.candidates.length > 0,
    submittedAt: row.submitted_at,
    createdAt: row.created_at,
    version: row.version,
  }));
export type OrderRow = z.infer<typeof orderRow>;
