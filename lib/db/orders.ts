import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { type OrderStatus, orderOrigin, orderStatus, priceType, side } from '#domain/order/order.ts';
import { OPEN_STATUSES } from '#domain/order/transitions.ts';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

/** A `real_orders` row as PostgREST and the topic `orders` bring it, in our words. */
export const orderRow = z
  .object({
    id: rowId,
    broker_account_id: rowId.nullable(),
    strategy_id: rowId.nullable().default(null),
    deployment_id: rowId.nullable().default(null),
    stock_code: z.string(),
    stock_name: z.string().nullable(),
    order_type: side,
    order_status: orderStatus,
    price_type: priceType,
    origin: orderOrigin,
    quantity: whole,
    price: decimal.nullable(),
    cum_quantity: whole,
    cum_amount: decimal,
    provisional_quantity: whole,
    cancelled_quantity: whole,
    replaced_quantity: whole,
    parent_order_id: rowId.nullable(),
    broker_order_id: z.string().nullable(),
    order_day: z.string().nullable(),
    send_at: instant.nullable(),
    cancel_requested_at: instant.nullable(),
    outcome_unknown: z.boolean(),
    candidates: z.array(z.unknown()).default([]),
    denial_code: z.string().nullable(),
    denial: z
      .object({ code: z.string(), numbers: z.record(z.string(), z.unknown()).default({}) })
      .nullable()
      .catch(null),
    broker_code: z.string().nullable(),
    broker_message: z.string().nullable(),
    submitted_at: instant.nullable(),
    acknowledged_at: instant.nullable(),
    executed_at: instant.nullable(),
    created_at: instant,
    updated_at: instant,
    version: whole,
  })
  .transform((row) => ({
    id: row.id,
    accountId: row.broker_account_id,
    strategyId: row.strategy_id,
    deploymentId: row.deployment_id,
    symbol: row.stock_code,
    name: row.stock_name ?? row.stock_code,
    side: row.order_type,
    status: row.order_status,
    priceType: row.price_type,
    origin: row.origin,
    quantity: row.quantity,
    price: row.price,
    cumQuantity: row.cum_quantity,
    cumAmount: row.cum_amount,
    averagePrice: row.cum_quantity > 0 ? row.cum_amount / row.cum_quantity : null,
    provisionalQuantity: row.provisional_quantity,
    cancelledQuantity: row.cancelled_quantity,
    /** Shares that went on in changes (정정) of this order. */
    replacedQuantity: row.replaced_quantity,
    /** The order this one changes. */
    parentOrderId: row.parent_order_id,
    brokerOrderId: row.broker_order_id,
    orderDay: row.order_day,
    sendAt: row.send_at,
    cancelRequestedAt: row.cancel_requested_at,
    outcomeUnknown: row.outcome_unknown,
    candidates: row.candidates,
    denialCode: row.denial_code,
    denialNumbers: row.denial?.numbers ?? {},
    brokerCode: row.broker_code,
    brokerMessage: row.broker_message,
    submittedAt: row.submitted_at,
    acknowledgedAt: row.acknowledged_at,
    executedAt: row.executed_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }));
export type OrderView = z.infer<typeof orderRow>;

/** One line of an order's flight recorder. */
export const orderEventRow = z
  .object({
    seq: whole,
    type: z.string(),
    source: z.string(),
    from_status: z.string().nullable(),
    to_status: z.string().nullable(),
    payload: z.record(z.string(), z.unknown()),
    at: instant,
  })
  .transform(({ from_status, to_status, ...row }) => ({ ...row, fromStatus: from_status, toStatus: to_status }));
export type OrderEventView = z.infer<typeof orderEventRow>;

export interface OrderFilter {
  readonly accountId?: string | undefined;
  readonly statuses?: readonly OrderStatus[] | undefined;
  readonly symbol?: string | undefined;
  /** Rows created before this instant. */
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
}

const COLUMNS =
  'id,broker_account_id,strategy_id,deployment_id,stock_code,stock_name,order_type,order_status,price_type,origin,quantity,price,cum_quantity,cum_amount,provisional_quantity,cancelled_quantity,replaced_quantity,parent_order_id,broker_order_id,order_day,send_at,cancel_requested_at,outcome_unknown,candidates,denial_code,denial,broker_code,broker_message,submitted_at,acknowledged_at,executed_at,created_at,updated_at,version';

/** Orders of the signed-in person, newest first. */
export const orderRepo = (db: SupabaseClient) => ({
  async list(filter: OrderFilter = {}): Promise<OrderView[]> {
    let query = db.from('real_orders').select(COLUMNS);
    if (filter.accountId) query = query.eq('broker_account_id', filter.accountId);
    if (filter.statuses) query = query.in('order_status', [...filter.statuses]);
    if (filter.symbol) query = query.eq('stock_code', filter.symbol);
    if (filter.before) query = query.lt('created_at', filter.before);
    const rows = must(await query.order('created_at', { ascending: false }).limit(filter.limit ?? 100), 'orders.list');
    return z.array(orderRow).parse(rows);
  },
  async working(accountId?: string): Promise<OrderView[]> {
    return this.list({ accountId, statuses: OPEN_STATUSES, limit: 500 });
  },
  async byId(id: string): Promise<OrderView | null> {
    const { data, error } = await db.from('real_orders').select(COLUMNS).eq('id', id).maybeSingle();
    if (error) must({ data, error }, 'orders.byId');
    return data ? orderRow.parse(data) : null;
  },
  /** The order this one changes, and the changes of it, oldest first. */
  async family({ id, parentOrderId }: Pick<OrderView, 'id' | 'parentOrderId'>): Promise<OrderView[]> {
    const query = db.from('real_orders').select(COLUMNS);
    const related = parentOrderId ? query.or(`parent_order_id.eq.${id},id.eq.${parentOrderId}`) : query.eq('parent_order_id', id);
    return z.array(orderRow).parse(must(await related.order('created_at'), 'orders.family'));
  },
  async events(orderId: string): Promise<OrderEventView[]> {
    const rows = must(
      await db.from('order_events').select('seq,type,source,from_status,to_status,payload,at').eq('order_id', orderId).order('seq'),
      'orders.events',
    );
    return z.array(orderEventRow).parse(rows);
  },
});

export interface PlaceOrderCall {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly priceType: string;
  readonly price: number | null;
  readonly intentKey: string;
  readonly bodyHash: string;
  readonly allowDuplicate: boolean;
  readonly sendAt: string | null;
}

export interface ReplaceOrderCall {
  readonly orderId: string;
  /** Null for whatever is left. */
  readonly quantity: number | null;
  readonly price: number | null;
  readonly priceType: string;
  readonly intentKey: string;
  readonly bodyHash: string;
}

const placedAnswer = z.object({
  order: orderRow,
  denial: z.object({ code: z.string(), numbers: z.record(z.string(), z.unknown()).default({}) }).nullable(),
  replayed: z.boolean().default(false),
});
export type PlacedAnswer = z.infer<typeof placedAnswer>;

/** The SQL doors an order passes; each checks ownership by the caller's session. */
export const orderDoors = (db: SupabaseClient) => ({
  async place(call: PlaceOrderCall): Promise<PlacedAnswer> {
    const answer = await db.rpc('place_order', {
      p_account_id: call.accountId,
      p_stock_code: call.symbol,
      p_side: call.side,
      p_quantity: call.quantity,
      p_price_type: call.priceType,
      p_price: call.price,
      p_intent_key: call.intentKey,
      p_body_hash: call.bodyHash,
      p_allow_duplicate: call.allowDuplicate,
      p_send_at: call.sendAt,
    });
    return placedAnswer.parse(must(answer, 'place_order'));
  },
  /** The order of the answer is the replacement. */
  async replace(call: ReplaceOrderCall): Promise<PlacedAnswer> {
    const answer = await db.rpc('replace_order', {
      p_order_id: call.orderId,
      p_quantity: call.quantity,
      p_price: call.price,
      p_price_type: call.priceType,
      p_intent_key: call.intentKey,
      p_body_hash: call.bodyHash,
    });
    return placedAnswer.parse(must(answer, 'replace_order'));
  },
  /** Of `quantity` shares, or of all that is left. */
  async cancel(orderId: string, quantity: number | null = null): Promise<PlacedAnswer> {
    return placedAnswer.parse(must(await db.rpc('cancel_order', { p_order_id: orderId, p_quantity: quantity }), 'cancel_order'));
  },
  async resolveUnknown(orderId: string, brokerOrderId: string | null, reason: string): Promise<OrderView> {
    const answer = await db.rpc('resolve_unknown', { p_order_id: orderId, p_broker_order_id: brokerOrderId, p_reason: reason });
    return z.object({ order: orderRow }).parse(must(answer, 'resolve_unknown')).order;
  },
});
