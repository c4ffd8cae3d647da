import { z } from 'zod';
import { filledRows, level, shareCount, single, wonPrice } from './schemas.ts';

// What KIS tells about the calendar, an instrument and its last trades: read by services that keep reference data (real host only,
// except the last trades). Same conventions as schemas.ts.

const flag = z.enum(['Y', 'N']);
const text = z.string().transform((value) => value.trim());
const digits = (n: number) => text.pipe(z.string().regex(new RegExp(`^\\d{${n}}$`)));

/** 국내휴장일조회 (chk-holiday): `opnd_yn` 개장일여부 is the one that says whether KRX trades. */
export const holidayAnswer = z.object({
  output: z.array(z.object({ bass_dt: digits(8), bzdy_yn: flag, tr_day_yn: flag, opnd_yn: flag, sttl_day_yn: flag })),
});

/** 주식기본조회 (search-stock-info). */
export const stockInfoAnswer = z.object({
  output: z.object({
    pdno: text, // 상품번호, padded to twelve
    scty_grp_id_cd: text, // 증권그룹ID코드: ST, EF, EN, EW, DR …
    prdt_abrv_name: text, // 상품약어명
    prdt_eng_name: text, // 상품영문명
    tr_stop_yn: flag, // 거래정지여부
    admn_item_yn: flag, // 관리종목여부
    lstg_abol_dt: text, // 상장폐지일자
  }),
});

/** 변동성완화장치(VI) 현황 (inquire-vi-status). */
export const viAnswer = z.object({
  output: z.array(
    z.object({
      mksc_shrn_iscd: text, // 유가증권 단축 종목코드
      vi_cls_code: flag, // VI발동상태
      bsop_date: digits(8),
      cntg_vi_hour: digits(6), // VI발동시간
      vi_cncl_hour: digits(6), // VI해제시간
      vi_kind_code: z.enum(['1', '2', '3']), // 1 static, 2 dynamic, 3 both
    }),
  ),
});

/** 주식현재가 체결 (inquire-ccnl): the last trades. */
export const lastTradesAnswer = z.object({
  output: z.array(z.object({ stck_cntg_hour: digits(6), stck_prpr: wonPrice, cntg_vol: shareCount })),
});

/** 주식정정취소가능주문조회 (inquire-psbl-rvsecncl): orders that can still be changed. Absence proves nothing. */
export const openOrdersAnswer = z.object({
  output: z.array(
    z.object({
      ord_gno_brno: text, // 주문채번지점번호
      odno: text, // 주문번호
      orgn_odno: text, // 원주문번호
      pdno: text, // 상품번호
      ord_qty: shareCount, // 주문수량, shares
      psbl_qty: shareCount, // 가능수량, shares
      sll_buy_dvsn_cd: z.enum(['01', '02']), // 매도매수구분코드
    }),
  ),
});

/** 매도가능수량조회 (inquire-psbl-sell): documented as `output1`, sent as `output`. */
export const sellableAnswer = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && 'output1' in value && !('output' in value) ? { output: value.output1 } : value,
  z.object({
    output: single(z.object({ pdno: text, cblc_qty: shareCount, ord_psbl_qty: shareCount })), // 잔고수량, 주문가능수량 in shares
  }),
);

/** 관심종목(멀티종목) 시세조회 (intstock-multprice): at most thirty symbols, no tick, halt or VI. Prices are 0 where there is none. */
export const manyPricesAnswer = z.object({
  output: filledRows(
    'inter_shrn_iscd',
    z.object({
      inter_shrn_iscd: text, // 관심 단축 종목코드
      inter2_prpr: wonPrice, // 관심2 현재가, won
      inter2_oprc: level, // 관심2 시가, won
      inter2_hgpr: level, // 관심2 고가, won
      inter2_lwpr: level, // 관심2 저가, won
      inter2_llam: wonPrice, // 관심2 하한가, won
      inter2_mxpr: wonPrice, // 관심2 상한가, won
      inter2_sdpr: wonPrice, // 관심2 기준가, won
      acml_vol: level, // 누적 거래량, shares
      acml_tr_pbmn: level, // 누적 거래 대금, won
    }),
  ),
});
