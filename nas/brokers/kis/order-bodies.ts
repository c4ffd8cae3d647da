import type { Price } from '#domain/money.ts';
import type { PriceType } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import type { BrokerCancel, BrokerOrderChange, NewBrokerOrder } from '#nas/brokers/port.ts';

type Body = Readonly<Record<string, string>>;

/** ORD_DVSN (주문구분) of the types we send; the others are refused until their sessions are opened. */
const ORDER_TYPES: Partial<Record<PriceType, string>> = { limit: '00', market: '01' };

/** ORD_DVSN, or AppError('invalid_input') for a type that is not open yet. */
export function orderType(priceType: PriceType): string {
  const code = ORDER_TYPES[priceType];
  if (!code) throw new AppError('invalid_input', 'this order type is not open at KIS yet', { detail: { priceType } });
  return code;
}

/** order-cash: every key of the reference, empty where it does not apply. `code` is KIS's spelling of the symbol. */
export function newOrderBody(order: NewBrokerOrder, code: string): Body {
  return {
    PDNO: code,
    SLL_TYPE: order.side === 'sell' ? '01' : '',
    ...terms(order),
    CNDT_PRIC: '',
    EXCG_ID_DVSN_CD: order.venue,
  };
}

/** order-rvsecncl 01 (정정). For the whole remainder KIS counts the shares itself, so a fill on the way moves fewer, never more. */
export function replaceBody(change: BrokerOrderChange): Body {
  const { ORD_QTY, ...type } = terms(change);
  return { ...original(change), ...type, RVSE_CNCL_DVSN_CD: '01', ...amount(change.isWhole ? null : ORD_QTY) };
}

/** order-rvsecncl 02 (취소). */
export function cancelBody(order: BrokerCancel): Body {
  const part = order.cancelQuantity === undefined ? null : shareText(order.cancelQuantity);
  return { ...original(order), ORD_DVSN: orderType(order.priceType), ORD_UNPR: '0', RVSE_CNCL_DVSN_CD: '02', ...amount(part) };
}

function original(order: BrokerCancel | BrokerOrderChange): Body {
  return { KRX_FWDG_ORD_ORGNO: order.branch, ORGN_ODNO: order.brokerOrderId, CNDT_PRIC: '', EXCG_ID_DVSN_CD: order.venue };
}

/** A part in shares, or the whole remainder whatever has filled meanwhile: with QTY_ALL_ORD_YN = Y the quantity is not read. */
function amount(part: string | null): Body {
  return part === null ? { ORD_QTY: '0', QTY_ALL_ORD_YN: 'Y' } : { ORD_QTY: part, QTY_ALL_ORD_YN: 'N' };
}

/** The part of an order that can be wrong before KIS sees it. */
function terms(order: NewBrokerOrder): { ORD_DVSN: string; ORD_QTY: string; ORD_UNPR: string } {
  const code = orderType(order.priceType);
  if (order.timeInForce !== 'day') {
    throw new AppError('invalid_input', 'this time in force is not open at KIS yet', { detail: { timeInForce: order.timeInForce } });
  }
  const quantity = shareText(order.quantity);
  if ((order.priceType === 'limit') !== isPrice(order.limitPrice)) {
    throw new AppError('invalid_input', 'a limit order needs a price, a market order none', { detail: { priceType: order.priceType } });
  }
  return { ORD_DVSN: code, ORD_QTY: quantity, ORD_UNPR: String(order.limitPrice ?? 0) };
}

/** ORD_QTY has ten digits. */
function shareText(quantity: number): string {
  if (Number.isSafeInteger(quantity) && quantity > 0 && quantity < 10_000_000_000) return String(quantity);
  throw new AppError('invalid_input', 'quantity outside KIS field', { detail: { quantity } });
}

function isPrice(value: Price | null): boolean {
  return value !== null && Number.isSafeInteger(value) && value > 0;
}
