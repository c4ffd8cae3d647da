import { z } from 'zod';
import { krw, price, shares, signedKrw } from '#domain/money.ts';
import { tradingDay } from '#domain/order/order.ts';

// KIS sends every number as text. What moves money or shares must be whole; anything else refuses the answer.
// Fields we do not read are left out; names in brackets are KIS's own, units follow.

const WHOLE = /^[-+]?\d{1,16}(\.0+)?$/;
const text = z.string().transform((value) => value.trim());
const whole = text
  .pipe(z.string().regex(WHOLE))
  .transform((value) => Number(value) + 0) // -0 is 0
  .pipe(z.number().int());
/** A whole number that is only described, never reckoned with: empty or odd text becomes 0. */
const looseWhole = z
  .string()
  .catch('0')
  .transform((value) => (WHOLE.test(value.trim()) ? Number(value) : 0));
const decimal = text.pipe(z.string().regex(/^\+?\d{1,16}(\.\d+)?$/)).transform(Number);
const optionalText = z
  .string()
  .catch('')
  .transform((value) => value.trim());

export const won = whole.pipe(krw);
export const signedWon = whole.pipe(signedKrw);
export const shareCount = whole.pipe(shares);
export const wonPrice = whole.pipe(price);
/** A price where KIS writes 0 for "none". */
const maybePrice = whole.pipe(z.number().nonnegative()).transform((value) => (value === 0 ? null : price.parse(value)));
export const level = whole.pipe(z.number().nonnegative());
const time = text.pipe(z.string().regex(/^\d{6}$/));
const day = text
  .pipe(z.string().regex(/^\d{8}$/))
  .transform((value) => `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6, 8)}`)
  .pipe(tradingDay);

/** Documented as an object, sent as an object or as an array of one. */
export const single = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value), schema);
/** Documented as an array; one row may come as a bare object. */
const rows = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : value), z.array(schema));

/** 접근토큰 발급 (oauth2/tokenP). `expires_in` in seconds, the only number KIS sends as a number. */
export const tokenAnswer = z.object({
  access_token: z.string().min(1), // 접근토큰
  expires_in: z.number().int().positive(), // 접근토큰 유효기간, s
  access_token_token_expired: z.string(), // 접근토큰 유효기간 (일시표시), Seoul
});

/** 실시간 접속키 발급 (oauth2/Approval). */
export const approvalAnswer = z.object({ approval_key: z.string().min(1) }); // 웹소켓 접속키

/** 주식일별주문체결조회 (inquire-daily-ccld): one row an order, cumulative. */
export const orderRow = z
  .object({
    ord_dt: day, // 주문일자
    ord_gno_brno: text, // 주문채번지점번호
    odno: text, // 주문번호
    orgn_odno: optionalText, // 원주문번호, empty for a new order
    ord_dvsn_cd: optionalText, // 주문구분코드
    sll_buy_dvsn_cd: text, // 매도매수구분코드
    sll_buy_dvsn_cd_name: optionalText, // 매도매수구분코드명; also tells the kind: 현금매수정정*, 현금매수취소*
    pdno: text, // 상품번호 (단축코드)
    ord_qty: shareCount, // 주문수량, shares
    ord_unpr: maybePrice, // 주문단가, won; 0 for types without a price
    ord_tmd: time, // 주문시각 HHMMSS
    tot_ccld_qty: shareCount, // 총체결수량, shares
    tot_ccld_amt: won, // 총체결금액, won
    rmn_qty: shareCount, // 잔여수량, shares
    rjct_qty: shareCount, // 거부수량, shares
    cncl_cfrm_qty: shareCount.optional(), // 취소확인수량, shares (live name)
    cnc_cfrm_qty: shareCount.optional(), // 취소확인수량, shares (documented name)
    ordr_empno: optionalText, // 주문자사번: the channel, `OpnAPI` for the API
  })
  .refine((row) => row.tot_ccld_qty + row.rmn_qty <= row.ord_qty, 'more filled and open than ordered')
  .refine((row) => (row.tot_ccld_qty === 0) === (row.tot_ccld_amt === 0), 'shares without money, or money without shares')
  .transform(({ cncl_cfrm_qty, cnc_cfrm_qty, ...row }, context) => {
    const cancelled = cncl_cfrm_qty ?? cnc_cfrm_qty;
    if (cancelled !== undefined && cancelled <= row.ord_qty) return { ...row, cancelled };
    context.addIssue('cancelled quantity is missing, or more than ordered');
    return z.NEVER;
  });
export type OrderRow = z.infer<typeof orderRow>;
/** output2: sums over the whole list; null when KIS does not tell them. They prove a list of several pages, and are used for nothing else. */
const orderTotals = z.object({
  tot_ord_qty: whole, // 총주문수량, shares
  tot_ccld_qty: whole, // 총체결수량, shares
  tot_ccld_amt: whole, // 총체결금액, won
});
export const ordersAnswer = z.object({ output1: rows(orderRow), output2: single(orderTotals).nullish().catch(null) });
export type OrdersAnswer = z.infer<typeof ordersAnswer>;

/** 주식잔고조회 (inquire-balance) output1: one row a stock and loan kind. */
export const holdingRow = z.object({
  pdno: text, // 상품번호
  prdt_name: optionalText, // 상품명
  hldg_qty: shareCount, // 보유수량, shares
  ord_psbl_qty: shareCount, // 주문가능수량, shares that may be sold now
  pchs_amt: won, // 매입금액, won
  thdt_buyqty: shareCount, // 금일매수수량, shares
  thdt_sll_qty: shareCount, // 금일매도수량, shares
  prpr: maybePrice, // 현재가, won; 0 before the first price
});
export type HoldingRow = z.infer<typeof holdingRow>;
/** output2: cash, in won. */
export const cashRow = z.object({
  dnca_tot_amt: signedWon, // 예수금총금액: today, not reduced by unsettled buys
  nxdy_excc_amt: signedWon, // 익일정산금액: D+1
  prvs_rcdl_excc_amt: signedWon, // 가수도정산금액: D+2, the free cash
  nass_amt: signedWon, // 순자산금액
  thdt_tlex_amt: won.optional(), // 금일제비용금액: fees and tax of today's trades
});
/** An empty paper account answers `output2: []`. */
export const balanceAnswer = z.object({
  output1: rows(holdingRow),
  output2: rows(cashRow).refine((all) => all.length <= 1, 'more than one cash row'),
});

/** 매수가능조회 (inquire-psbl-order). */
export const buyingPowerAnswer = z.object({
  output: single(
    z.object({
      nrcvb_buy_amt: won, // 미수없는매수금액, won
      nrcvb_buy_qty: shareCount, // 미수없는매수수량, shares
      psbl_qty_calc_unpr: decimal, // 가능수량계산단가, won: upper limit for market orders
    }),
  ),
});

/** 주식현재가 시세 (inquire-price). */
export const priceAnswer = z.object({
  output: single(
    z.object({
      stck_prpr: wonPrice, // 주식 현재가, won
      stck_oprc: level, // 시가, won; 0 before the first trade
      stck_hgpr: level, // 최고가, won
      stck_lwpr: level, // 최저가, won
      stck_sdpr: wonPrice, // 기준가, won
      stck_mxpr: wonPrice, // 상한가, won
      stck_llam: wonPrice, // 하한가, won
      acml_vol: level, // 누적 거래량, shares
      acml_tr_pbmn: level, // 누적 거래 대금, won
      aspr_unit: level, // 호가단위, won
      temp_stop_yn: optionalText, // 임시 정지 여부
      iscd_stat_cls_code: optionalText, // 종목 상태 구분 코드
      sltr_yn: optionalText, // 정리매매 여부
      vi_cls_code: optionalText, // VI적용구분코드
    }),
  ),
});

type Step = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
type LadderField = `${'askp' | 'askp_rsqn' | 'bidp' | 'bidp_rsqn'}${Step}`;
const ladder = Object.fromEntries(
  Array.from({ length: 10 }, (_, at) => at + 1).flatMap((n) =>
    ['askp', 'askp_rsqn', 'bidp', 'bidp_rsqn'].map((name) => [`${name}${n}`, level] as const),
  ),
) as Record<LadderField, typeof level>;
/** 주식현재가 호가/예상체결 (inquire-asking-price-exp-ccn): askp 매도호가, bidp 매수호가 in won; rsqn 잔량 in shares. */
export const orderBookAnswer = z.object({
  output1: single(z.object({ ...ladder, aspr_acpt_hour: time, new_mkop_cls_code: optionalText })), // 호가 접수 시간, 신 장운영 구분 코드
  output2: single(
    z.object({
      antc_cnpr: looseWhole, // 예상 체결가, won
      antc_vol: looseWhole, // 예상 거래량, shares
      vi_cls_code: optionalText, // VI적용구분코드
    }),
  ),
});

/** 기간별시세 (inquire-daily-itemchartprice) output2. Unused slots arrive as `{}` and are dropped. */
const dailyBarRow = z.object({
  stck_bsop_date: text.pipe(z.string().regex(/^\d{8}$/)), // 주식 영업 일자
  stck_oprc: level, // 시가, won; 0 when the stock did not trade that day
  stck_hgpr: level, // 최고가, won
  stck_lwpr: level, // 최저가, won
  stck_clpr: level, // 종가, won
  acml_vol: level, // 누적 거래량, shares
  acml_tr_pbmn: level, // 누적 거래 대금, won
});
export type DailyBarRow = z.infer<typeof dailyBarRow>;
export const dailyBarsAnswer = z.object({ output2: filledRows('stck_bsop_date', dailyBarRow) });

/** 당일분봉조회 (inquire-time-itemchartprice) output2. */
const minuteBarRow = z.object({
  stck_bsop_date: text.pipe(z.string().regex(/^\d{8}$/)), // 주식 영업 일자
  stck_cntg_hour: time, // 주식 체결 시간 HHMMSS
  stck_oprc: level, // 시가, won
  stck_hgpr: level, // 최고가, won
  stck_lwpr: level, // 최저가, won
  stck_prpr: level, // 종가 of the minute, won
  cntg_vol: level, // 체결 거래량, shares
  acml_tr_pbmn: level, // 누적 거래 대금 since the open, won
});
export type MinuteBarRow = z.infer<typeof minuteBarRow>;
export const minuteBarsAnswer = z.object({ output2: filledRows('stck_bsop_date', minuteBarRow) });

/** Arrays of fixed length: unused slots arrive as empty objects, without the field that names the row. */
export function filledRows<T extends z.ZodType>(name: string, row: T) {
  return z.preprocess(
    (value) => (Array.isArray(value) ? value.filter((slot) => typeof slot === 'object' && slot !== null && slot[name]) : value),
    z.array(row),
  );
}
