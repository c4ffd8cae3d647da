import { createDecipheriv } from 'node:crypto';
import { krw, price, shares } from '#domain/money.ts';
import { tradingDay } from '#domain/order/order.ts';
import type { BookLevel, OrderBookSnapshot, OrderNotice, TradePrint } from '#nas/brokers/port.ts';
import { orderNumberOf, originalNumberOf, sideOf, symbolOf, UnreadableAnswer } from './parse.ts';

/** One message of the socket, taken apart but not yet understood. */
export type Frame =
  | { readonly kind: 'pingpong'; readonly text: string }
  | {
      readonly kind: 'control';
      readonly trId: string;
      readonly trKey: string;
      readonly rtCd: string;
      readonly code: string;
      readonly cipher: Cipher | null;
    }
  | { readonly kind: 'data'; readonly isEncrypted: boolean; readonly trId: string; readonly count: number; readonly payload: string };

export interface Cipher {
  readonly key: string;
  readonly iv: string;
}

/** Takes a message apart; throws UnreadableAnswer when it is none of KIS's three forms. */
export function readFrame(text: string): Frame {
  const first = text[0];
  if (first === '{') return readControl(text);
  const parts = text.split('|');
  const [flag, trId, count, payload] = parts;
  if ((flag !== '0' && flag !== '1') || parts.length !== 4 || !trId || !count || !payload)
    throw new UnreadableAnswer('frame of unknown form');
  if (!/^\d{1,3}$/.test(count) || Number(count) < 1) throw new UnreadableAnswer('frame with an odd record count');
  return { kind: 'data', isEncrypted: flag === '1', trId, count: Number(count), payload };
}

function readControl(text: string): Frame {
  let message: { header?: Record<string, unknown>; body?: Record<string, unknown> };
  try {
    message = JSON.parse(text);
  } catch {
    throw new UnreadableAnswer('control message is no JSON');
  }
  const word = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
  const trId = word(message.header?.tr_id);
  if (trId === 'PINGPONG') return { kind: 'pingpong', text };
  const body = message.body;
  if (typeof body !== 'object' || body === null) throw new UnreadableAnswer('control message without a body');
  const output = body.output as Record<string, unknown> | undefined;
  const key = word(output?.key);
  const iv = word(output?.iv);
  return {
    kind: 'control',
    trId,
    trKey: word(message.header?.tr_key),
    rtCd: word(body.rt_cd),
    code: word(body.msg_cd),
    cipher: Buffer.byteLength(key) === 32 && Buffer.byteLength(iv) === 16 ? { key, iv } : null,
  };
}

/** AES-256-CBC, PKCS#7; key and IV are the UTF-8 bytes of the texts in the ACK. */
export function decrypt(payload: string, cipher: Cipher): string {
  try {
    const decipher = createDecipheriv('aes-256-cbc', Buffer.from(cipher.key), Buffer.from(cipher.iv));
    return Buffer.concat([decipher.update(payload, 'base64'), decipher.final()]).toString('utf8');
  } catch {
    throw new UnreadableAnswer('notice does not decrypt');
  }
}

/** Field counts seen: KIS added MARKET_CLS_CODE on 2026-09-14; paper notices still have 23 fields, real ones 26 since 2025-03. */
export const FIELD_COUNTS = { trade: [46, 47], book: [59, 60], notice: [26, 23] } as const;

/** Cuts a payload into records. `width` is what this connection has settled on, or null before its first frame. */
export function splitRecords(payload: string, count: number, allowed: readonly number[], width: number | null): string[][] {
  const fields = payload.split('^');
  const perRecord = fields.length / count;
  if (!allowed.includes(perRecord)) throw new UnreadableAnswer(`${fields.length} fields for ${count} records`);
  if (width !== null && width !== perRecord) throw new UnreadableAnswer(`records changed from ${width} to ${perRecord} fields`);
  return Array.from({ length: count }, (_, at) => fields.slice(at * perRecord, (at + 1) * perRecord));
}

function whole(text: string | undefined, name: string): number {
  const trimmed = (text ?? '').trim();
  if (!/^[-+]?\d{1,16}$/.test(trimmed)) throw new UnreadableAnswer(`${name} is no whole number`);
  return Number(trimmed) + 0; // -0 is 0
}

function clockTime(text: string | undefined, name: string): string {
  const trimmed = (text ?? '').trim();
  if (!/^\d{6}$/.test(trimmed)) throw new UnreadableAnswer(`${name} is no time`);
  return trimmed;
}

/** Zod's brands with our error, so that every refusal of a frame looks the same. */
function branded<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  value: number,
  name: string,
): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UnreadableAnswer(`${name} out of range`);
  return parsed.data;
}

/** H0STCNT0 (실시간체결가). Positions count from 1 as in KIS's table. */
export function toTradePrint(fields: readonly string[]): TradePrint {
  const at = (position: number) => fields[position - 1];
  const date = (at(34) ?? '').trim(); // BSOP_DATE 영업일자
  const day = tradingDay.safeParse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`);
  if (!day.success) throw new UnreadableAnswer('BSOP_DATE is no day');
  return {
    symbol: symbolOf(at(1) ?? ''), // MKSC_SHRN_ISCD 단축 종목코드
    day: day.data,
    time: clockTime(at(2), 'STCK_CNTG_HOUR'), // 체결 시간
    price: branded(price, whole(at(3), 'STCK_PRPR'), 'STCK_PRPR'), // 현재가, won
    quantity: branded(shares, whole(at(13), 'CNTG_VOL'), 'CNTG_VOL'), // 체결 거래량, shares
    cumVolume: branded(shares, whole(at(14), 'ACML_VOL'), 'ACML_VOL'), // 누적 거래량, shares
    cumValue: branded(krw, whole(at(15), 'ACML_TR_PBMN'), 'ACML_TR_PBMN'), // 누적 거래 대금, won
    open: whole(at(8), 'STCK_OPRC'), // 시가, won
    high: whole(at(9), 'STCK_HGPR'), // 최고가, won
    low: whole(at(10), 'STCK_LWPR'), // 최저가, won
    change: whole(at(5), 'PRDY_VRSS'), // 전일 대비, won, carries its own sign
    isHalted: (at(36) ?? '').trim() === 'Y', // TRHT_YN 거래정지 여부
    phase: phaseOf((at(44) ?? '').trim(), (at(47) ?? '').trim()), // HOUR_CLS_CODE, MARKET_CLS_CODE
  };
}

/**
 * MARKET_CLS_CODE (since 2026-09-14): 1 pre, 2 regular, 3 after, 5 close. HOUR_CLS_CODE: 0 in session, A–C expected price of an
 * auction or VI, D after-hours single price. A code we do not know is shown as an auction: no continuous price may be read from it.
 */
function phaseOf(hourClass: string, marketClass: string): TradePrint['phase'] {
  if (marketClass === '1') return 'pre';
  if (marketClass === '3' || marketClass === '5' || hourClass === 'D') return 'after';
  return hourClass === '0' ? 'continuous' : 'auction';
}

/** H0STASP0 (실시간호가): ten levels of each side; empty levels (price 0) are dropped. */
export function toBook(fields: readonly string[]): OrderBookSnapshot {
  const at = (position: number) => fields[position - 1];
  const levels = (prices: number, quantities: number): BookLevel[] =>
    Array.from({ length: 10 }, (_, n) => ({
      price: whole(at(prices + n), 'ASKP/BIDP'),
      quantity: branded(shares, whole(at(quantities + n), 'RSQN'), 'RSQN'),
    })).filter((level) => level.price > 0);
  const isAuction = (at(3) ?? '').trim() !== '0'; // HOUR_CLS_CODE 시간 구분 코드
  const [asks, bids] = [levels(4, 24), levels(14, 34)]; // ASKP1…10, ASKP_RSQN1…10; BIDP1…10, BIDP_RSQN1…10
  // A field that was put in somewhere shifts prices and shares against the totals: then nothing in the frame can be believed.
  const isShifted = (side: readonly BookLevel[], total: number): boolean => side.reduce((sum, level) => sum + level.quantity, 0) > total;
  if (isShifted(asks, whole(at(44), 'TOTAL_ASKP_RSQN')) || isShifted(bids, whole(at(45), 'TOTAL_BIDP_RSQN')))
    throw new UnreadableAnswer('book with more shares than its total');
  return {
    symbol: symbolOf(at(1) ?? ''),
    time: clockTime(at(2), 'BSOP_HOUR'), // 영업 시간
    asks,
    bids,
    expectedPrice: isAuction ? whole(at(48), 'ANTC_CNPR') : 0, // 예상 체결가, won
    expectedVolume: isAuction ? whole(at(49), 'ANTC_CNQN') : 0, // 예상 체결량, shares
  };
}

/** H0STCNI0 / H0STCNI9 (실시간체결통보). Positions 1–17 are the same in both layouts; the rest is told from the back and not needed. */
export function toNotice(fields: readonly string[]): OrderNotice {
  const at = (position: number) => (fields[position - 1] ?? '').trim();
  const accountNumber = at(2); // ACNT_NO 계좌번호, CANO + product code
  if (!/^\d{10}$/.test(accountNumber)) throw new UnreadableAnswer('ACNT_NO is no account');
  const kind = noticeKind(at(13), at(14), at(6), at(15));
  const quantity = branded(shares, whole(at(10), 'CNTG_QTY'), 'CNTG_QTY'); // 체결수량 of a fill; order or cancelled quantity otherwise
  const notice = {
    accountNumber,
    brokerOrderId: orderNumberOf(at(3)), // ODER_NO 주문번호 of this request
    originalOrderId: originalNumberOf(at(4)), // OODER_NO 원주문번호
    branch: at(16), // BRNC_NO 지점번호
    kind,
    side: sideOf(at(5)), // SELN_BYOV_CLS 매도매수구분
    symbol: symbolOf(at(9)), // STCK_SHRN_ISCD 주식단축종목코드
    quantity,
    price: branded(krw, whole(at(11) || '0', 'CNTG_UNPR'), 'CNTG_UNPR'), // 체결단가 of a fill, won; limit price otherwise
    time: clockTime(at(12), 'STCK_CNTG_HOUR'), // 주식체결시간
  };
  if (kind !== 'filled') return notice;
  const isPossible = quantity > 0 && notice.price > 0 && quantity <= whole(at(17), 'ODER_QTY'); // 주문수량
  if (!isPossible) throw new UnreadableAnswer('a fill without shares or price, or beyond its order');
  return notice;
}

/** RFUS_YN 거부여부, CNTG_YN 체결여부 (1 order, 2 fill), RCTF_CLS 정정구분 (0 new, 1 modify, 2 cancel), ACPT_YN 접수여부 (1 received, 2 confirmed, 3 IOC/FOK). */
function noticeKind(refused: string, filled: string, change: string, stage: string): OrderNotice['kind'] {
  if (!/^[01]$/.test(refused) || !/^[12]$/.test(filled) || !/^[012]$/.test(change) || !/^[123]$/.test(stage)) {
    throw new UnreadableAnswer('notice with unknown codes');
  }
  if (refused === '1') return 'rejected';
  if (filled === '2') return 'filled';
  if (stage === '3') return 'cancelled';
  // A change is done when it is confirmed; "received" only says that the request arrived.
  if (change === '0' || stage === '1') return 'accepted';
  return change === '1' ? 'replaced' : 'cancelled';
}
