import { z } from 'zod';
import { orderRepo } from '#lib/db/orders.ts';
import { AppError } from '#lib/errors.ts';
import { wakeByGateway } from '#lib/http/gateway.ts';
import { route } from '#lib/http/route.ts';

/** Wakes the account of one's own order by the private path and answers with the order as it stands then. */
export const POST = route({ name: 'trading/execute', body: z.strictObject({ orderId: z.uuid() }) }, async ({ body, db, user }) => {
  const orders = orderRepo(db);
  if (!(await orders.byId(body.orderId))) throw new AppError('not_found', 'order not found', { detail: { reason: 'order_not_found' } });
  const wasWoken = await wakeByGateway({ orderId: body.orderId, userId: user.id });
  return { body: { order: await orders.byId(body.orderId), wasWoken } };
});
