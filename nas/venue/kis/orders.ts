import type { Account } from '../ledger/ledger.ts';
import type { Environment, Outcome, VenueOrder } from '../venue-order.ts';
import { ORDER_TYPES } from '../venue-order.ts';
import { type Answer, accepted, badInput, refused } from './codes.ts';
import type { Call } from './routes.ts';

type Body = Readonly<Record<string, unknown>>;

/** ORD_QTY and ORD_UNPR: digits only, as text; null when it is no such number. */
function wholeNumber(value: unknown, maxDigits: number): number | null {
  if (typeof value !== 'string' || !/^\d+$/.test(value) || value.length > maxDigits) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

const output = (order: VenueOrder): Record<string, string> => ({
  KRX_FWDG_ORD_ORGNO: order.branch,
  ODNO: order.orderNumber,
  ORD_TMD: order.time,
  ...(order.environment === 'real' && { SOR_ODNO: '' }),
});

function answer(environment: Environment, what: 'buy' | 'sell' | 'modify' | 'cancel', outcome: Outcome): Answer {
  return outcome.ok ? accepted(environment, what, output(outcome.order)) : refused(environment, outcome.refusal);
}

/** order-cash: a new cash order. */
export function orderCash(call: Call, account: Account, side: 'buy' | 'sell'): Answer {
  const { environment } = account;
  const { exchange, input: body, now, occurrence } = call;
  const quantity = wholeNumber(body.ORD_QTY, 10);
  const price = wholeNumber(body.ORD_UNPR, 19);
  if (typeof body.PDNO !== 'string' || body.PDNO === '') return badInput('PDNO');
  if (quantity === null || quantity === 0) return badInput('ORD_QTY');
  if (price === null) return badInput('ORD_UNPR');
  if (!isKrx(body, environment)) return badInput('EXCG_ID_DVSN_CD');
  const ticket = { symbol: body.PDNO, side, orderType: String(body.ORD_DVSN), quantity, price, occurrence };
  const outcome = exchange.submit(account, ticket, now, call.scripted(account, ticket));
  return answer(environment, side, outcome);
}

/** order-rvsecncl: 정정 (01) or 취소 (02). */
export function changeOrder(call: Call, account: Account): Answer {
  const { environment } = account;
  const { exchange, input: body, now } = call;
  const isAll = body.QTY_ALL_ORD_YN === 'Y';
  const quantity = wholeNumber(body.ORD_QTY, 10);
  const price = wholeNumber(body.ORD_UNPR, 19);
  const orderNumber = String(body.ORGN_ODNO ?? '').trim();
  if (!/^\d{1,10}$/.test(orderNumber)) return badInput('ORGN_ODNO');
  if (body.QTY_ALL_ORD_YN !== 'Y' && body.QTY_ALL_ORD_YN !== 'N') return badInput('QTY_ALL_ORD_YN');
  if (quantity === null || (!isAll && quantity === 0)) return badInput('ORD_QTY');
  if (price === null) return badInput('ORD_UNPR');
  const amount: number | 'all' = isAll ? 'all' : quantity;
  if (body.RVSE_CNCL_DVSN_CD === '02')
    return answer(environment, 'cancel', exchange.cancel(account, orderNumber, amount, now, call.scripted(account, null)));
  if (body.RVSE_CNCL_DVSN_CD !== '01') return badInput('RVSE_CNCL_DVSN_CD');
  const orderType = String(body.ORD_DVSN);
  if (!ORDER_TYPES[orderType]) return refused(environment, 'bad_order_type');
  const scripted = call.scripted(account, null);
  return answer(environment, 'modify', exchange.modify(account, orderNumber, { quantity: amount, price, orderType }, now, scripted));
}

/** The venue plays KRX; real also takes SOR, which ends there. */
function isKrx(body: Body, environment: Environment): boolean {
  const venue = body.EXCG_ID_DVSN_CD ?? '';
  return venue === '' || venue === 'KRX' || (venue === 'SOR' && environment === 'real');
}
