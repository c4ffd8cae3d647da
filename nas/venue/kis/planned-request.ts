import type { Exchange } from '../exchange.ts';
import type { OrderPlan, PlannedRequest } from '../faults/plan.ts';
import { ORDER_TYPES } from '../venue-order.ts';
import { isSellTr, ORDER_CASH, ORDER_RVSECNCL } from './routes.ts';

/** What is planned for an order request, recognised by its look before it is processed; null for everything else. */
export function plannedRequest(
  plan: OrderPlan,
  exchange: Exchange,
  request: { environment: string; path: string; trId: string; body: Record<string, unknown> | null },
): PlannedRequest | null {
  const { environment, path, trId, body } = request;
  if (!body) return null;
  const account = `${environment}:${body.CANO}-${body.ACNT_PRDT_CD}`;
  if (path === ORDER_CASH) {
    const quantity = Number(body.ORD_QTY);
    const isPriced = ORDER_TYPES[String(body.ORD_DVSN)]?.kind === 'limit';
    const price = isPriced ? Number(body.ORD_UNPR) : 0;
    if (!Number.isSafeInteger(quantity) || !Number.isSafeInteger(price)) return null;
    return plan.submit({ account, symbol: String(body.PDNO), side: isSellTr(trId) ? 'sell' : 'buy', quantity, price });
  }
  if (path !== ORDER_RVSECNCL) return null;
  const original = exchange.store.find(account, exchange.day, String(body.ORGN_ODNO));
  return original ? plan.change(body.RVSE_CNCL_DVSN_CD === '02' ? 'cancel' : 'modify', original) : null;
}
