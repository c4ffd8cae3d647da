import { z } from 'zod';
import type { PriceType, Side, Symbol, TimeInForce, TradingDay } from '#domain/order/order.ts';
import type { PaperOrder } from '#domain/paper/match.ts';

const count = z.coerce.number().int();
/** A row of `paper_orders`. */
export const orderRow = z
  .object({
    order_number: z.string(),
    original_number: z.string().nullable(),
    order_day: z.string(),
    order_time: z.string(),
    stock_code: z.string(),
    side: z.enum(['buy', 'sell']),
    price_type: z.string(),
    time_in_force: z.enum(['day', 'ioc', 'fok']),
    quantity: count,
    limit_price: count.nullable(),
    reserve_price: count,
    cum_quantity: count,
    cum_amount: count,
    cancelled_quantity: count,
    moved_quantity: count,
    seen_volume: count.nullable(),
    queue_ahead: count,
    eligible_volume: count,
    print_filled: count,
    expires_at: z.date(),
  })
  .transform((row) => ({
    number: row.order_number,
    originalNumber: row.original_number,
    day: row.order_day as TradingDay,
    time: row.order_time,
    symbol: row.stock_code as Symbol,
    side: row.side as Side,
    priceType: row.price_type as PriceType,
    timeInForce: row.time_in_force as TimeInForce,
    quantity: row.quantity,
    limitPrice: row.limit_price,
    reservePrice: row.reserve_price,
    cumQuantity: row.cum_quantity,
    cumAmount: row.cum_amount,
    cancelledQuantity: row.cancelled_quantity,
    movedQuantity: row.moved_quantity,
    leaves: row.quantity - row.cum_quantity - row.cancelled_quantity - row.moved_quantity,
    seenVolume: row.seen_volume,
    queueAhead: row.queue_ahead,
    eligibleVolume: row.eligible_volume,
    printFilled: row.print_filled,
    expiresAt: row.expires_at,
  }));
/** A row of the paper broker's order book: the matcher's order and what the order list tells of it. */
export type BookedOrder = z.infer<typeof orderRow> & PaperOrder;

export interface Holding {
  readonly symbol: Symbol;
  readonly quantity: number;
  readonly purchaseAmount: number;
}
export interface BookedFill {
  readonly number: string;
  readonly symbol: Symbol;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly amount: number;
  readonly commission: number;
  readonly tax: number;
  readonly basis: 'book' | 'print';
  readonly bookKey: string | null;
  readonly tradeDay: string;
  readonly settleDay: string;
}
export interface NewPaperOrder {
  readonly originalNumber: string | null;
  readonly day: string;
  readonly time: string;
  readonly symbol: Symbol;
  readonly side: Side;
  readonly priceType: PriceType;
  readonly timeInForce: TimeInForce;
  readonly quantity: number;
  readonly limitPrice: number | null;
  readonly reservePrice: number;
  readonly expiresAt: Date;
}
