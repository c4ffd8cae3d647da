import { z } from 'zod';
import { type DenialNumbers, denialSentence } from '#domain/risk/denials.ts';
import { accountRepo } from '#lib/db/accounts.ts';
import { orderDoors, type PlacedAnswer } from '#lib/db/orders.ts';
import { route } from '#lib/http/route.ts';
import type { Locale } from '#lib/i18n/locale.ts';
import { cancelOrderInput, replaceOrder, replaceOrderInput } from '#lib/use-cases/change-order.ts';
import { FIELD_REFUSALS, placeOrder, placeOrderInput } from '#lib/use-cases/place-order.ts';

const body = z.discriminatedUnion('action', [cancelOrderInput, replaceOrderInput, placeOrderInput]);

/** Places, changes or cancels an order as the signed-in person. 201 placed, 200 replayed or cancel requested, 422 denied with its sentence. */
export const POST = route({ name: 'trading', body, refusals: FIELD_REFUSALS }, async ({ body, db, locale, requestId }) => {
  const orders = orderDoors(db);
  if (body.action === 'cancel') return toAnswer(await orders.cancel(body.orderId, body.quantity), { locale, requestId, created: false });
  const placed =
    body.action === 'replace' ? await replaceOrder({ orders }, body) : await placeOrder({ accounts: accountRepo(db), orders }, body);
  return toAnswer(placed, { locale, requestId, created: !placed.replayed });
});

function toAnswer({ order, denial, replayed }: PlacedAnswer, context: { locale: Locale; requestId: string; created: boolean }) {
  if (!denial) return { status: context.created ? 201 : 200, body: { order, replayed } };
  const message = denialSentence(denial.code, denial.numbers as DenialNumbers, context.locale);
  return {
    status: 422,
    body: { error: { code: denial.code, message, numbers: denial.numbers, requestId: context.requestId }, order, replayed },
  };
}
