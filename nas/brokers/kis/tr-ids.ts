import type { Side } from '#domain/order/order.ts';

export type KisEnvironment = 'real' | 'paper';

/**
 * TR ids in force since 2025 (the "current" column of KIS's workbook of 2026-06-03). Quote TRs are the same on both sides.
 * The older ids are not used: KIS may block them, and the old paper fill inquiry (VTTC8001R) answers without rows.
 */
export const TR_IDS = {
  real: {
    buy: 'TTTC0012U',
    sell: 'TTTC0011U',
    reviseOrCancel: 'TTTC0013U',
    ordersRecent: 'TTTC0081R',
    ordersOlder: 'CTSC9215R',
    balance: 'TTTC8434R',
    buyingPower: 'TTTC8908R',
    sellable: 'TTTC8408R',
    notices: 'H0STCNI0',
  },
  paper: {
    buy: 'VTTC0012U',
    sell: 'VTTC0011U',
    reviseOrCancel: 'VTTC0013U',
    ordersRecent: 'VTTC0081R',
    ordersOlder: 'VTSC9215R',
    balance: 'VTTC8434R',
    buyingPower: 'VTTC8908R',
    sellable: null, // not offered: the balance tells it
    notices: 'H0STCNI9',
  },
} as const satisfies Record<KisEnvironment, Record<string, string | null>>;

export const QUOTE_TR_IDS = {
  price: 'FHKST01010100',
  manyPrices: 'FHKST11300006', // real only
  orderBook: 'FHKST01010200',
  dailyBars: 'FHKST03010100',
  minuteBars: 'FHKST03010200',
  calendar: 'CTCA0903R', // real only
} as const;

export const STREAM_TR_IDS = { trade: 'H0STCNT0', book: 'H0STASP0' } as const;

export const PATHS = {
  orderCash: '/uapi/domestic-stock/v1/trading/order-cash',
  reviseOrCancel: '/uapi/domestic-stock/v1/trading/order-rvsecncl',
  orders: '/uapi/domestic-stock/v1/trading/inquire-daily-ccld',
  balance: '/uapi/domestic-stock/v1/trading/inquire-balance',
  buyingPower: '/uapi/domestic-stock/v1/trading/inquire-psbl-order',
  sellable: '/uapi/domestic-stock/v1/trading/inquire-psbl-sell',
  price: '/uapi/domestic-stock/v1/quotations/inquire-price',
  manyPrices: '/uapi/domestic-stock/v1/quotations/intstock-multprice',
  orderBook: '/uapi/domestic-stock/v1/quotations/inquire-asking-price-exp-ccn',
  dailyBars: '/uapi/domestic-stock/v1/quotations/inquire-daily-itemchartprice',
  minuteBars: '/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice',
  calendar: '/uapi/domestic-stock/v1/quotations/chk-holiday',
  token: '/oauth2/tokenP',
  approval: '/oauth2/Approval',
} as const;

/** The TR of a new cash order (현금 매수·매도). */
export function orderTrId(environment: KisEnvironment, side: Side): string {
  return side === 'buy' ? TR_IDS[environment].buy : TR_IDS[environment].sell;
}
