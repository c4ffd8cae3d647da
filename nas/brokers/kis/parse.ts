import type { z } from 'zod';
import { type PriceType, type Side, type Symbol, symbol, tradingDay } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import type {
  BookLevel,
  BrokerBalance,
  BrokerBar,
  BrokerDay,
  BrokerHolding,
  BrokerOrder,
  OrderBookSnapshot,
  PriceSnapshot,
  QuoteSnapshot,
} from '#nas/brokers/port.ts';
import { orderNumber } from './errors.ts';
import type { balanceAnswer, cashRow, DailyBarRow, HoldingRow, MinuteBarRow, OrderRow, orderBookAnswer, priceAnswer } from './schemas.ts';
import type { holidayAnswer, manyPricesAnswer } from './schemas-reference.ts';

/** KIS said something about an order or a position that we do not understand. Nothing may be concluded from it. */
export class UnreadableAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableAnswer';
  }
}

/** Their words into ours; a word we do not know makes the whole read fail. */
export function understood<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableAnswer)) throw error;
    throw new AppError('broker_unavailable', 'KIS answered something unknown', {
      detail: { path, code: 'UNREADABLE', message: error.message },
    });
  }
}

/** Says that a merely descriptive code was new to us. */
export type Warn = (field: string, value: string) => void;

const SIDES: Readonly<Record<string, Side>> = { '01': 'sell', '02': 'buy' }; // SLL_BUY_DVSN_CD (매도매수구분코드)

/** ORD_DVSN (주문구분). Types we know but do not speak of (stop, GTP, after-market 41–47) are null. */
// biome-ignore format: a table is read as rows
const PRICE_TYPES: Readonly<Record<string, PriceType | null>> = {
  '00': 'limit', '01': 'market', '02': 'conditional', '03': 'best', '04': 'own_best', '05': 'pre_close', '06': 'post_close', '07': null,
  '11': 'limit', '12': 'limit', '13': 'market', '14': 'market', '15': 'best', '16': 'best', '21': 'mid', '22': null, '23': 'mid', '24': 'mid',
  '27': null, '28': null, '29': null, '41': null, '42': null, '43': null, '44': null, '45': null, '46': null, '47': null,
};

export function sideOf(code: string): Side {
  const side = Object.hasOwn(SIDES, code) ? SIDES[code] : undefined;
  if (!side) throw new UnreadableAnswer(`unknown side code ${code.slice(0, 8)}`);
  return side;
}

/** Our six-character code. ETN carry a `Q` at KIS only; some feeds prefix shares with `A`. */
export function symbolOf(code: string): Symbol {
  const trimmed = code.trim();
  const parsed = symbol.safeParse(trimmed.length === 7 && /^[AQ]/.test(trimmed) ? trimmed.slice(1) : trimmed);
  if (!parsed.success) throw new UnreadableAnswer(`unknown stock code ${trimmed.slice(0, 12)}`);
  return parsed.data;
}

export function orderNumberOf(text: string): string {
  const number = orderNumber(text.trim());
  if (!number) throw new UnreadableAnswer(`unreadable order number ${text.slice(0, 12)}`);
  return number;
}

/** Empty or all zeros for a new order. */
export function originalNumberOf(text: string): string | null {
  return /^0*$/.test(text.trim()) ? null : orderNumberOf(text);
}

export function toOrder(row: OrderRow, warn: Warn): BrokerOrder {
  const isKnownType = Object.hasOwn(PRICE_TYPES, row.ord_dvsn_cd);
  if (!isKnownType) warn('ord_dvsn_cd', row.ord_dvsn_cd);
  return {
    brokerOrderId: orderNumberOf(row.odno),
    branch: row.ord_gno_brno,
    orderDay: row.ord_dt,
    originalOrderId: originalNumberOf(row.orgn_odno),
    ...(/취소|cancel/i.test(row.sll_buy_dvsn_cd_name) && { isCancel: true }),
    symbol: symbolOf(row.pdno),
    side: sideOf(row.sll_buy_dvsn_cd),
    quantity: row.ord_qty,
    limitPrice: row.ord_unpr,
    priceType: isKnownType ? (PRICE_TYPES[row.ord_dvsn_cd] ?? null) : null,
    cumQuantity: row.tot_ccld_qty,
    cumAmount: row.tot_ccld_amt,
    leavesQuantity: row.rmn_qty,
    cancelledQuantity: row.cancelled,
    rejectedQuantity: row.rjct_qty,
    orderTime: row.ord_tmd,
    isApiOrder: /^opnapi/i.test(row.ordr_empno),
  };
}

/** One holding a stock: KIS lists cash and each loan kind apart, and keeps sold-out stocks as zero rows until D+2. */
export function toHoldings(rows: readonly HoldingRow[]): BrokerHolding[] {
  const bySymbol = new Map<Symbol, BrokerHolding>();
  for (const row of rows) {
    const code = symbolOf(row.pdno);
    const before = bySymbol.get(code);
    bySymbol.set(code, {
      symbol: code,
      name: before?.name || row.prdt_name,
      quantity: add(before?.quantity, row.hldg_qty),
      sellableQuantity: add(before?.sellableQuantity, row.ord_psbl_qty),
      purchaseAmount: add(before?.purchaseAmount, row.pchs_amt),
      boughtToday: add(before?.boughtToday, row.thdt_buyqty),
      soldToday: add(before?.soldToday, row.thdt_sll_qty),
      lastPrice: before?.lastPrice ?? row.prpr,
    });
  }
  return [...bySymbol.values()].filter((holding) => holding.quantity > 0);
}

function add<T extends number>(left: T | undefined, right: T): T {
  const sum = (left ?? 0) + right;
  if (!Number.isSafeInteger(sum)) throw new UnreadableAnswer('a sum beyond exact numbers');
  return sum as T;
}

/** All pages of a balance. Without a cash row only an account without holdings is believable (empty paper account). */
export function toBalance(pages: readonly z.infer<typeof balanceAnswer>[]): BrokerBalance {
  const rows = pages.flatMap((page) => page.output1);
  const cash: z.infer<typeof cashRow> | undefined = pages.at(-1)?.output2[0];
  if (!cash && rows.length > 0) throw new UnreadableAnswer('holdings without a cash row');
  return {
    holdings: toHoldings(rows),
    cash: cash?.dnca_tot_amt ?? 0,
    cashD1: cash?.nxdy_excc_amt ?? 0,
    cashD2: cash?.prvs_rcdl_excc_amt ?? 0,
    netAssets: cash?.nass_amt ?? 0,
    ...(cash?.thdt_tlex_amt === undefined ? {} : { feesAndTaxToday: cash.thdt_tlex_amt }),
  };
}

/** iscd_stat_cls_code values that are no warning: none, credit allowed, margin 100 %. */
const NORMAL_STATUS = new Set(['', '00', '55', '57']);

export function toQuote(code: Symbol, { output }: z.infer<typeof priceAnswer>): QuoteSnapshot {
  return {
    symbol: code,
    last: output.stck_prpr,
    open: output.stck_oprc,
    high: output.stck_hgpr,
    low: output.stck_lwpr,
    basePrice: output.stck_sdpr,
    upperLimit: output.stck_mxpr,
    lowerLimit: output.stck_llam,
    volume: output.acml_vol,
    value: output.acml_tr_pbmn,
    tick: output.aspr_unit,
    isHalted: output.temp_stop_yn === 'Y' || output.iscd_stat_cls_code === '58',
    statusCode: NORMAL_STATUS.has(output.iscd_stat_cls_code) ? '' : output.iscd_stat_cls_code,
    isInVi: output.vi_cls_code === 'Y',
    isLiquidation: output.sltr_yn === 'Y',
  };
}

/** The rows of a multi-quote, one for each symbol asked and in that order; a symbol without a row is not guessed. */
export function toPrices(asked: readonly Symbol[], { output }: z.infer<typeof manyPricesAnswer>): PriceSnapshot[] {
  const bySymbol = new Map(output.map((row) => [symbolOf(row.inter_shrn_iscd), row]));
  return asked.map((code) => {
    const row = bySymbol.get(code);
    if (!row) throw new UnreadableAnswer(`no price of ${code}`);
    return {
      symbol: code,
      last: row.inter2_prpr,
      open: row.inter2_oprc,
      high: row.inter2_hgpr,
      low: row.inter2_lwpr,
      basePrice: row.inter2_sdpr,
      upperLimit: row.inter2_mxpr,
      lowerLimit: row.inter2_llam,
      volume: row.acml_vol,
      value: row.acml_tr_pbmn,
    };
  });
}

/** `opnd_yn` is the one that says whether the exchange trades; the others are about banks and settlement. */
export function toDays({ output }: z.infer<typeof holidayAnswer>): BrokerDay[] {
  return output.map((row) => ({ day: dayText(row.bass_dt), isOpen: row.opnd_yn === 'Y' }));
}

export function toOrderBook(code: Symbol, { output1, output2 }: z.infer<typeof orderBookAnswer>): OrderBookSnapshot {
  const fields = output1 as Record<string, unknown>;
  const side = (name: string): BookLevel[] =>
    Array.from({ length: 10 }, (_, at) => ({
      price: Number(fields[`${name}${at + 1}`]),
      quantity: Number(fields[`${name}_rsqn${at + 1}`]),
    })).filter((step) => step.price > 0);
  // NEW_MKOP_CLS_CODE: 2x in session, x0 normal, 3x after the close. There the expected price is a leftover of the last auction.
  const isContinuous = /^(20|3\d)$/.test(output1.new_mkop_cls_code) && output2.vi_cls_code !== 'Y';
  return {
    symbol: code,
    asks: side('askp'),
    bids: side('bidp'),
    expectedPrice: isContinuous ? 0 : output2.antc_cnpr,
    expectedVolume: isContinuous ? 0 : output2.antc_vol,
    time: output1.aspr_acpt_hour,
  };
}

function dayText(compact: string) {
  return tradingDay.parse(`${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6, 8)}`);
}

export function toDailyBar(row: DailyBarRow): BrokerBar {
  return {
    day: dayText(row.stck_bsop_date),
    time: null,
    open: row.stck_oprc,
    high: row.stck_hgpr,
    low: row.stck_lwpr,
    close: row.stck_clpr,
    volume: row.acml_vol,
    value: row.acml_tr_pbmn,
  };
}

/** Minutes of one day, oldest first. KIS tells turnover since the open; a bar's own is the step from the bar before. */
export function toMinuteBars(rows: readonly MinuteBarRow[]): BrokerBar[] {
  const ordered = [...rows].sort((a, b) => (a.stck_cntg_hour < b.stck_cntg_hour ? -1 : 1));
  return ordered.map((row, at) => ({
    day: dayText(row.stck_bsop_date),
    time: row.stck_cntg_hour,
    open: row.stck_oprc,
    high: row.stck_hgpr,
    low: row.stck_lwpr,
    close: row.stck_prpr,
    volume: row.cntg_vol,
    value: Math.max(0, row.acml_tr_pbmn - (ordered[at - 1]?.acml_tr_pbmn ?? 0)),
  }));
}
