import { z } from 'zod';
import { changeBodyHash } from '#domain/order/body-hash.ts';
import { priceType } from '#domain/order/order.ts';

const shareCount = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** 정정: other terms for a working order, for a part or, without a quantity, for whatever is left of it. */
export const replaceOrderInput = z
  .strictObject({
    action: z.literal('replace'),
    orderId: z.uuid(),
    quantity: shareCount.nullable().default(null),
    /** Won a share; null or absent for a market order. */
    price: z.number().int().positive().max(1_000_000_000).nullable().default(null),
    priceType: priceType.default('limit'),
    /** Made once per wish; a repeat with the same key changes nothing new. */
    intentKey: z.uuid(),
  })
  .refine((input) => (input.priceType === 'limit') === (input.price !== null), {
    path: ['price'],
    message: 'a limit order has a price, other types have none',
  });
export type ReplaceOrderInput = z.infer<typeof replaceOrderInput>;

/** A cancel of a part or, without a quantity, of whatever is left. */
export const cancelOrderInput = z.strictObject({
  action: z.literal('cancel'),
  orderId: z.uuid(),
  quantity: shareCount.nullable().default(null),
});

interface Deps<Answer> {
  orders: { replace(call: Omit<ReplaceOrderInput, 'action'> & { readonly bodyHash: string }): Promise<Answer> };
}

/** Hashes the wish and asks the database, where every check stands in one transaction. */
export async function replaceOrder<Answer>(deps: Deps<Answer>, input: ReplaceOrderInput): Promise<Answer> {
  const { action: _, ...wish } = input;
  return deps.orders.replace({ ...wish, bodyHash: changeBodyHash(wish) });
}
