import type { Exchange } from '../exchange.ts';
import type { Account } from '../ledger/ledger.ts';
import { compactDay, parseCompactDay } from '../seoul-time.ts';
import { ORDER_TYPES, type VenueOrder } from '../venue-order.ts';
import { type Answer, badInput, inquired } from './codes.ts';
import { pageOf } from './paging.ts';
import type { Call } from './routes.ts';

type Query = Readonly<Record<string, string>>;
const SIDE_CODE = { sell: '01', buy: '02' } as const;
const SIDE_NAME = { sell: '현금매도', buy: '현금매수' } as const;
const ACTION_NAME = { new: '', modify: '정정*', cancel: '취소*' } as const;

const typeName = (order: VenueOrder): string => ORDER_TYPES[order.orderType]?.nameKo ?? '';
const sideName = (order: VenueOrder): string => `${SIDE_NAME[order.side]}${ACTION_NAME[order.action]}`;

/** Shares that may still trade; what has been cancelled, replaced or has expired no longer may. */
const remaining = (order: VenueOrder): number => (order.status === 'working' ? order.open : 0);

function ccldRow(exchange: Exchange, order: VenueOrder): Record<string, string> {
  const average = order.filled === 0 ? '0' : String(Math.round((order.filledAmount / order.filled) * 10_000) / 10_000);
  return {
    ord_dt: compactDay(order.day),
    ord_gno_brno: order.branch,
    odno: order.orderNumber,
    orgn_odno: order.originalOrderNumber,
    ord_dvsn_name: typeName(order),
    sll_buy_dvsn_cd: SIDE_CODE[order.side],
    sll_buy_dvsn_cd_name: sideName(order),
    pdno: order.symbol,
    prdt_name: exchange.markets.get(order.symbol)?.instrument.nameKo ?? '',
    ord_qty: String(order.quantity),
    ord_unpr: String(order.price),
    ord_tmd: order.time,
    tot_ccld_qty: String(order.filled),
    avg_prvs: average,
    cncl_yn: order.status === 'cancelled' ? 'Y' : '',
    tot_ccld_amt: String(order.filledAmount),
    loan_dt: '',
    ordr_empno: order.channel,
    ord_dvsn_cd: order.orderType,
    cncl_cfrm_qty: String(order.cancelled),
    rmn_qty: String(remaining(order)),
    rjct_qty: String(order.rejected),
    ccld_cndt_name: order.timeInForce === 'day' ? '없음' : order.timeInForce.toUpperCase(),
    inqr_ip_addr: '0.0.0.0',
    cpbc_ordp_ord_rcit_dvsn_cd: '',
    cpbc_ordp_infm_mthd_dvsn_cd: '',
    infm_tmd: '',
    ctac_tlno: '',
    prdt_type_cd: '300',
    excg_dvsn_cd: '02',
    cpbc_ordp_mtrl_dvsn_cd: '',
    ord_orgno: '00000',
    rsvn_ord_end_dt: '',
    excg_id_dvsn_cd: 'KRX',
    stpm_cndt_pric: '0',
    stpm_efct_occr_dtmd: '',
  };
}

/**
 * inquire-daily-ccld: one row an order (never an execution), 100 a page on real, 15 on paper. `rowsMissing` plays the measured
 * paper defect: totals are right, rows never come (always so with the old VTTC8001R).
 */
export function inquireDailyCcld(call: Call, account: Account): Answer {
  const { exchange, input: query, trCont, pageFault } = call;
  for (const field of [
    'INQR_STRT_DT',
    'INQR_END_DT',
    'SLL_BUY_DVSN_CD',
    'CCLD_DVSN',
    'INQR_DVSN',
    'INQR_DVSN_3',
    'ORD_GNO_BRNO',
    'INQR_DVSN_1',
    'CTX_AREA_FK100',
    'CTX_AREA_NK100',
  ]) {
    if (query[field] === undefined) return badInput(field);
  }
  const from = parseCompactDay(query.INQR_STRT_DT!);
  const to = parseCompactDay(query.INQR_END_DT!);
  if (!from) return badInput('INQR_STRT_DT');
  if (!to) return badInput('INQR_END_DT');
  const matching = exchange.store
    .of(account.id)
    .filter((order) => order.day >= from && order.day <= to && passes(order, query) && call.isShown(order));
  if (query.INQR_DVSN !== '01') matching.reverse();
  const size = account.environment === 'real' ? 100 : 15;
  const filter = [
    account.accountNumber,
    account.productCode,
    query.INQR_STRT_DT,
    query.INQR_END_DT,
    query.PDNO ?? '',
    query.CCLD_DVSN,
    query.SLL_BUY_DVSN_CD,
  ].join('!^');
  const rows = call.rowsMissing ? [] : matching;
  const keyOf = (order: VenueOrder): string => `${order.day}${order.orderNumber}`;
  const page = pageOf(rows, { size, trCont, cursor: query.CTX_AREA_NK100!, filter, keyOf, fault: pageFault });
  const isEmpty = page.rows.length === 0;
  return inquired(
    account.environment,
    { ...page.cursors, output1: page.rows.map((order) => ccldRow(exchange, order)), output2: totals(matching) },
    { ...page, empty: isEmpty },
  );
}

function passes(order: VenueOrder, query: Query): boolean {
  if (query.SLL_BUY_DVSN_CD === '01' && order.side !== 'sell') return false;
  if (query.SLL_BUY_DVSN_CD === '02' && order.side !== 'buy') return false;
  if (query.PDNO && query.PDNO !== order.symbol) return false;
  if (query.ODNO && Number(query.ODNO) !== Number(order.orderNumber)) return false;
  if (query.ORD_GNO_BRNO && query.ORD_GNO_BRNO !== order.branch) return false;
  if (query.CCLD_DVSN === '01') return order.filled > 0;
  return query.CCLD_DVSN !== '02' || remaining(order) > 0;
}

function totals(orders: readonly VenueOrder[]): Record<string, string> {
  const sum = (of: (order: VenueOrder) => number): number => orders.reduce((total, order) => total + of(order), 0);
  const quantity = sum((order) => order.filled);
  const amount = sum((order) => order.filledAmount);
  return {
    tot_ord_qty: String(sum((order) => (order.action === 'cancel' ? 0 : order.quantity))),
    tot_ccld_qty: String(quantity),
    tot_ccld_amt: String(amount),
    prsm_tlex_smtl: String(sum((order) => order.fee + order.tax)),
    pchs_avg_pric: (quantity === 0 ? 0 : amount / quantity).toFixed(4),
  };
}

/** inquire-psbl-rvsecncl (real only): orders that can still be changed, 50 a page. */
export function inquirePsblRvsecncl(call: Call, account: Account): Answer {
  const { exchange, input: query, trCont, pageFault } = call;
  for (const field of ['INQR_DVSN_1', 'INQR_DVSN_2', 'CTX_AREA_FK100', 'CTX_AREA_NK100'])
    if (query[field] === undefined) return badInput(field);
  const side = query.INQR_DVSN_2 === '1' ? 'sell' : query.INQR_DVSN_2 === '2' ? 'buy' : null;
  const open = exchange.store
    .of(account.id)
    .filter((order) => remaining(order) > 0 && (!side || order.side === side) && call.isShown(order))
    .reverse();
  const filter = `${account.accountNumber}^${account.productCode}^`;
  const keyOf = (order: VenueOrder): string => order.orderNumber;
  const rows = call.rowsMissing ? [] : open;
  const page = pageOf(rows, { size: 50, trCont, cursor: query.CTX_AREA_NK100!, filter, keyOf, fault: pageFault });
  const output = page.rows.map((order) => ({
    ord_gno_brno: order.branch,
    odno: order.orderNumber,
    orgn_odno: order.originalOrderNumber,
    ord_dvsn_name: typeName(order),
    pdno: order.symbol,
    prdt_name: exchange.markets.get(order.symbol)?.instrument.nameKo ?? '',
    rvse_cncl_dvsn_name: sideName(order),
    ord_qty: String(order.quantity),
    ord_unpr: String(order.price),
    ord_tmd: order.time,
    tot_ccld_qty: String(order.filled),
    tot_ccld_amt: String(order.filledAmount),
    psbl_qty: String(order.open),
    sll_buy_dvsn_cd: SIDE_CODE[order.side],
    ord_dvsn_cd: order.orderType,
    mgco_aptm_odno: '',
    excg_dvsn_cd: '02',
    excg_id_dvsn_cd: 'KRX',
    excg_id_dvsn_name: 'KRX',
    stpm_cndt_pric: '0',
    stpm_efct_occr_yn: '',
  }));
  return inquired(account.environment, { ...page.cursors, output }, page);
}
