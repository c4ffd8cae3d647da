import { z } from 'zod';
import { orderRepo } from '#lib/db/orders.ts';
import { AppError } from '#lib/errors.ts';
import { wakeByGateway } from '#lib/http/gateway.ts';
import { route } from '#lib/http/route.ts';

/** What a caller reads when the private path is down: nothing is lost, because the stored order is the work. */
const NOT_WOKEN = {
  ko: '주문은 저장되어 있습니다. 거래 서버에 바로 알리지 못했지만 서버가 스스로 찾아 처리하니 다시 주문하지 말고 주문 내역을 확인하세요.',
  en: 'Your order is stored. The trading server could not be told at once but finds it by itself: do not order again, look at your orders.',
};

/** Wakes the account of one's own order by the private path and answers with the order as it stands then. */
export const POST = route(
  { name: 'trading/execute', body: z.strictObject({ orderId: z.uuid() }) },
  async ({ body: { orderId }, db, user, locale }) => {
    const orders = orderRepo(db);
    if (!(await orders.byId(orderId))) throw new AppError('not_found', 'order not found', { detail: { reason: 'order_not_found' } });
    const wasWoken = await wakeByGateway({ orderId, userId: user.id });
    const order = await orders.byId(orderId);
    return { body: wasWoken ? { order, wasWoken } : { order, wasWoken, message: NOT_WOKEN[locale] } };
  },
);
