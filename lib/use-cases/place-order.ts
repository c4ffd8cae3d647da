import { z } from 'zod';
import { orderBodyHash } from '#domain/order/body-hash.ts';
import { priceType, symbol } from '#domain/order/order.ts';
import type { DenialCode } from '#domain/risk/denials.ts';
import { AppError } from '#lib/errors.ts';

/** `{action: 'buy' | 'sell', stockCode, quantity, price, …}` as the owner's clients send it. Who orders comes from the session, never from here. */
export const placeOrderInput = z
  .strictObject({
    action: z.enum(['buy', 'sell']),
    stockCode: symbol,
    quantity: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
    /** Won a share; null or absent for a market order. */
    price: z.number().int().positive().max(1_000_000_000).nullable().default(null),
    priceType: priceType.default('limit'),
    /** Needed when a person has several accounts. */
    accountId: z.uuid().optional(),
    /** Made once per wish; a repeat with the same key places nothing new. */
    intentKey: z.uuid(),
    allowDuplicate: z.boolean().default(false),
    /** Reserves the order for this moment: the next session's start. */
    sendAt: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((input) => (input.priceType === 'limit') === (input.price !== null), {
    path: ['price'],
    message: 'a limit order has a price, other types have none',
  });
/** What a fault in a field means in the gate's words. */
export const FIELD_REFUSALS = {
  stockCode: 'unknown_symbol',
  quantity: 'invalid_quantity',
  price: 'invalid_price',
  priceType: 'price_type_unsupported',
} as const satisfies Partial<Record<keyof z.input<typeof placeOrderInput>, DenialCode>>;
export type PlaceOrderInput = z.infer<typeof placeOrderInput>;

interface Deps<Answer> {
  accounts: { list(): Promise<readonly { id: string; isActive: boolean; isPaper: boolean }[]> };
  orders: {
    place(call: {
      accountId: string;
      symbol: string;
      side: 'buy' | 'sell';
      quantity: number;
      priceType: string;
      price: number | null;
      intentKey: string;
      bodyHash: string;
      allowDuplicate: boolean;
      sendAt: string | null;
    }): Promise<Answer>;
  };
}

/** Names the account, hashes the wish and asks the database, where every check stands in one transaction. */
export async function placeOrder<Answer>(deps: Deps<Answer>, input: PlaceOrderInput): Promise<Answer> {
  const accountId = input.accountId ?? (await soleAccount(deps));
  const wish = {
    accountId,
    symbol: input.stockCode,
    side: input.action,
    quantity: input.quantity,
    price: input.price,
    priceType: input.priceType,
    timeInForce: 'day',
    venue: 'KRX',
  } as const;
  return deps.orders.place({
    accountId,
    symbol: wish.symbol,
    side: wish.side,
    quantity: wish.quantity,
    priceType: wish.priceType,
    price: wish.price,
    intentKey: input.intentKey,
    bodyHash: orderBodyHash(wish),
    allowDuplicate: input.allowDuplicate,
    sendAt: input.sendAt ?? null,
  });
}

/** The account meant when none is named: the only active one, and never a real one by default. */
async function soleAccount<Answer>(deps: Deps<Answer>): Promise<string> {
  const active = (await deps.accounts.list()).filter((account) => account.isActive);
  const [only, ...others] = active;
  if (!only) throw new AppError('invalid_input', 'no active account', { detail: { reason: 'no_account' } });
  if (others.length > 0 || !only.isPaper)
    throw new AppError('invalid_input', 'account not named', { detail: { reason: 'account_required' } });
  return only.id;
}
