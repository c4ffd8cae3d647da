import type { Exchange } from '../exchange.ts';
import type { Account, Holding } from '../ledger/ledger.ts';
import type { MarketState } from '../market/market-state.ts';
import { ORDER_TYPES } from '../venue-order.ts';
import { changeOf, percent } from './change.ts';
import { type Answer, badInput, inquired, padded } from './codes.ts';
import { pageOf } from './paging.ts';
import type { Call } from './routes.ts';

type Query = Readonly<Record<string, string>>;

/** inquire-balance: 50 rows a page on real, 20 on paper. Sold-out symbols stay as rows of 0 shares until they have settled (D+2). */
export function inquireBalance(call: Call, account: Account): Answer {
  const { exchange, input: query, trCont, pageFault } = call;
  for (const field of [
    'AFHR_FLPR_YN',
    'INQR_DVSN',
    'UNPR_DVSN',
    'FUND_STTL_ICLD_YN',
    'FNCG_AMT_AUTO_RDPT_YN',
    'PRCS_DVSN',
    'CTX_AREA_FK100',
    'CTX_AREA_NK100',
  ]) {
    if (query[field] === undefined) return badInput(field);
  }
  const holdings = call.rowsMissing ? [] : [...account.holdings].sort(([a], [b]) => (a < b ? -1 : 1));
  const filter = `${account.accountNumber}^${account.productCode}^N^N^${query.INQR_DVSN}^01^N^`;
  const size = account.environment === 'real' ? 50 : 20;
  const page = pageOf(holdings, { size, trCont, cursor: query.CTX_AREA_NK100!, filter, keyOf: ([symbol]) => symbol, fault: pageFault });
  const output1 = page.rows.map(([symbol, holding]) => holdingRow(exchange, account, symbol, holding));
  return inquired(account.environment, { ...page.cursors, output1, output2: [summary(exchange, account)] }, page);
}

function holdingRow(exchange: Exchange, account: Account, symbol: string, holding: Holding): Record<string, string> {
  const market = exchange.markets.get(symbol);
  const last = market?.lastPrice ?? 0;
  const value = last * holding.quantity;
  const profit = value - holding.purchaseAmount;
  const today = holding.trades.find((trades) => trades.day === exchange.day);
  const before = holding.trades.filter((trades) => trades.day < exchange.day).at(-1);
  const average = holding.quantity === 0 ? 0 : holding.purchaseAmount / holding.quantity;
  const change = market ? changeOf(market) : { vrss: '0', ctrt: '0.00' };
  return {
    pdno: symbol,
    prdt_name: market?.instrument.nameKo ?? symbol,
    trad_dvsn_name: '현금',
    bfdy_buy_qty: String(before?.bought ?? 0),
    bfdy_sll_qty: String(before?.sold ?? 0),
    thdt_buyqty: String(today?.bought ?? 0),
    thdt_sll_qty: String(today?.sold ?? 0),
    hldg_qty: String(holding.quantity),
    // A balance that lags may hold less than is being sold.
    ord_psbl_qty: String(Math.max(0, exchange.ledger.sellable(account, symbol))),
    pchs_avg_pric: average.toFixed(4),
    pchs_amt: String(holding.purchaseAmount),
    prpr: String(last),
    evlu_amt: String(value),
    evlu_pfls_amt: String(profit),
    evlu_pfls_rt: percent(profit, holding.purchaseAmount),
    evlu_erng_rt: holding.purchaseAmount === 0 ? '0.00000000' : ((profit / holding.purchaseAmount) * 100).toFixed(8),
    loan_dt: '',
    loan_amt: '0',
    stln_slng_chgs: '0',
    expd_dt: '',
    fltt_rt: `${change.ctrt}000000`,
    bfdy_cprs_icdc: change.vrss,
    item_mgna_rt_name: '100%',
    grta_rt_name: '',
    sbst_pric: '0',
    stck_loan_unpr: '0.0000',
  };
}

/** `dnca_tot_amt` is D, `nxdy_excc_amt` D+1, `prvs_rcdl_excc_amt` D+2: the really free cash. */
function summary(exchange: Exchange, account: Account): Record<string, string> {
  const { ledger, day, sessions } = exchange;
  const cashD2 = ledger.cash(account);
  let securities = 0;
  let purchases = 0;
  for (const [symbol, holding] of account.holdings) {
    securities += holding.quantity * (exchange.markets.get(symbol)?.lastPrice ?? 0);
    purchases += holding.purchaseAmount;
  }
  const today = account.totals.find((totals) => totals.day === day);
  const before = account.totals.filter((totals) => totals.day < day).at(-1);
  const text = (value: number | undefined): string => String(value ?? 0);
  const assets = text(securities + cashD2);
  return {
    dnca_tot_amt: text(account.settledCash),
    nxdy_excc_amt: text(ledger.cash(account, sessions.tradingDayAfter(day, 1))),
    prvs_rcdl_excc_amt: text(cashD2),
    cma_evlu_amt: '0',
    bfdy_buy_amt: text(before?.bought),
    thdt_buy_amt: text(today?.bought),
    nxdy_auto_rdpt_amt: '0',
    bfdy_sll_amt: text(before?.sold),
    thdt_sll_amt: text(today?.sold),
    d2_auto_rdpt_amt: '0',
    bfdy_tlex_amt: text(before?.feesAndTax),
    thdt_tlex_amt: text(today?.feesAndTax),
    tot_loan_amt: '0',
    scts_evlu_amt: text(securities),
    tot_evlu_amt: assets,
    nass_amt: assets,
    fncg_gld_auto_rdpt_yn: '',
    pchs_amt_smtl_amt: text(purchases),
    evlu_amt_smtl_amt: text(securities),
    evlu_pfls_smtl_amt: text(securities - purchases),
    tot_stln_slng_chgs: '0',
    bfdy_tot_asst_evlu_amt: assets,
    asst_icdc_amt: '0',
    asst_icdc_erng_rt: '0.00000000',
  };
}

/** Shares that `cash` buys at a price, commission included. */
function affordable(exchange: Exchange, cash: number, price: number): number {
  let quantity = Math.floor(cash / price);
  while (quantity > 0 && price * quantity + exchange.rules.commission(price * quantity) > cash) quantity--;
  return quantity;
}

/** inquire-psbl-order: a priceless order is reckoned at the upper limit. Without PDNO only the amount is told. */
export function inquirePsblOrder(exchange: Exchange, account: Account, query: Query): Answer {
  for (const field of ['PDNO', 'ORD_UNPR', 'ORD_DVSN', 'CMA_EVLU_AMT_ICLD_YN', 'OVRS_ICLD_YN'])
    if (query[field] === undefined) return badInput(field);
  const market = exchange.markets.get(query.PDNO!);
  if (query.PDNO !== '' && !market) return badInput('PDNO');
  const cash = exchange.ledger.orderableCash(account);
  const price = market ? reckonedPrice(market, query) : 0;
  const quantity = price > 0 ? affordable(exchange, cash, price) : 0;
  const output = {
    ord_psbl_cash: String(cash),
    ord_psbl_sbst: '0',
    ruse_psbl_amt: String(Math.max(0, cash - account.settledCash)),
    fund_rpch_chgs: '0',
    psbl_qty_calc_unpr: String(price),
    nrcvb_buy_amt: String(cash),
    nrcvb_buy_qty: String(quantity),
    max_buy_amt: String(cash),
    max_buy_qty: String(quantity),
    cma_evlu_amt: '0',
    ovrs_re_use_amt_wcrc: '0',
    ord_psbl_frcr_amt_wcrc: '0',
  };
  return withoutCursor(inquired(account.environment, { output }, { more: false, first: true }));
}

function reckonedPrice(market: MarketState, query: Query): number {
  const isPriced = ORDER_TYPES[query.ORD_DVSN!]?.kind === 'limit';
  const price = Number(query.ORD_UNPR);
  return isPriced && Number.isSafeInteger(price) && price > 0 ? price : market.upperLimit;
}

/** inquire-psbl-sell (real only). Documented as `output1`, sent as `output`. */
export function inquirePsblSell(exchange: Exchange, account: Account, query: Query): Answer {
  const symbol = query.PDNO;
  const market = exchange.markets.get(symbol ?? '');
  if (!symbol || !market) return badInput('PDNO');
  const holding = account.holdings.get(symbol) ?? { quantity: 0, purchaseAmount: 0, trades: [] };
  const today = holding.trades.find((trades) => trades.day === exchange.day);
  const value = holding.quantity * market.lastPrice;
  const output = {
    pdno: symbol,
    prdt_name: market.instrument.nameKo,
    buy_qty: String(today?.bought ?? 0),
    sll_qty: String(today?.sold ?? 0),
    cblc_qty: String(holding.quantity),
    nsvg_qty: '0',
    ord_psbl_qty: String(exchange.ledger.sellable(account, symbol)),
    pchs_avg_pric: (holding.quantity === 0 ? 0 : holding.purchaseAmount / holding.quantity).toFixed(4),
    pchs_amt: String(holding.purchaseAmount),
    now_pric: String(market.lastPrice),
    evlu_amt: String(value),
    evlu_pfls_amt: String(value - holding.purchaseAmount),
    evlu_pfls_rt: percent(value - holding.purchaseAmount, holding.purchaseAmount),
  };
  return {
    status: 200,
    headers: { tr_cont: '' },
    body: { output, rt_cd: '0', msg_cd: 'KIOK0420', msg1: padded('정상적으로 조회되었습니다', 80) },
  };
}

const withoutCursor = (answer: Answer): Answer => ({ ...answer, headers: { tr_cont: '' } });
