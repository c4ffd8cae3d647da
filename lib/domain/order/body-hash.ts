import { canonicalJson } from '#domain/canonical-json.ts';
import { sha256Hex } from '#domain/hash.ts';
import type { PriceType, Side, TimeInForce } from '#domain/order/order.ts';

/** What a person or a strategy asked for. A repeated intent key must carry the same body, or it is a different wish (422). */
export interface OrderBody {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number | null;
  readonly priceType: PriceType;
  readonly timeInForce: TimeInForce;
  readonly venue: string;
}

/** One text for one body, whatever order its members came in; members that are not part of the wish are left out. */
export function orderBodyText(body: OrderBody): string {
  const { accountId, symbol, side, quantity, price, priceType, timeInForce, venue } = body;
  return canonicalJson({ accountId: accountId.toLowerCase(), symbol, side, quantity, price, priceType, timeInForce, venue });
}

/** What a person asked for as a change of an order of theirs (정정). */
export interface ChangeBody {
  readonly orderId: string;
  /** Null for whatever is left of it. */
  readonly quantity: number | null;
  readonly price: number | null;
  readonly priceType: PriceType;
}

/** Identity of a change, 64 lower-case hexadecimal digits (`real_orders.body_hash` of the replacement). */
export function changeBodyHash({ orderId, quantity, price, priceType }: ChangeBody): string {
  return sha256Hex(canonicalJson({ replaces: orderId.toLowerCase(), quantity, price, priceType }));
}

/** Identity of a body, 64 lower-case hexadecimal digits (`real_orders.body_hash`). */
export function orderBodyHash(body: OrderBody): string {
  return sha256Hex(orderBodyText(body));
}
