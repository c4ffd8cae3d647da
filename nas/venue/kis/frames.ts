import { createCipheriv } from 'node:crypto';
import type { Exchange } from '../exchange.ts';
import type { Account } from '../ledger/ledger.ts';
import type { MarketState, Print } from '../market/market-state.ts';
import { compactDay, seoulTime } from '../seoul-time.ts';
import type { Variants } from '../variants.ts';
import type { OrderEvent, VenueOrder } from '../venue-order.ts';
import { changeOf, percent, signOf } from './change.ts';
import { depthOf } from './depth.ts';
import { statusOf } from './quotes.ts';
import { numberText } from './variant-faces.ts';

/** MARKET_CLS_CODE, the trailing field since 2026-09-14. */
const REGULAR_MARKET = '2';

/** One H0STCNT0 record. Positions are those of the field list (reference §5.6). */
export function tradeRecord(exchange: Exchange, market: MarketState, print: Print, variants: Variants): readonly string[] {
  const { stats, engine, instrument } = market;
  const change = changeOf(market, print.price);
  const depth = depthOf(market);
  const sinceThen = (price: number): [sign: string, difference: string] => {
    const difference = print.price - price;
    return [difference > 0 ? '2' : difference < 0 ? '5' : '3', String(difference)];
  };
  return [
    instrument.symbol,
    print.time,
    String(print.price),
    change.sign,
    change.vrss,
    change.ctrt,
    (print.cumValue / print.cumVolume).toFixed(2),
    String(stats.open),
    String(stats.high),
    String(stats.low),
    String(engine.asks.bestPrice() ?? 0),
    String(engine.bids.bestPrice() ?? 0),
    String(print.quantity),
    String(print.cumVolume),
    String(print.cumValue),
    String(stats.sellCount),
    String(stats.buyCount),
    String(stats.buyCount - stats.sellCount),
    percent(stats.buyVolume, stats.sellVolume),
    String(stats.sellVolume),
    String(stats.buyVolume),
    print.aggressor === 'sell' ? '5' : print.aggressor === 'buy' ? '1' : exchange.phase === 'opening_auction' ? '3' : '1',
    (stats.buyVolume / Math.max(1, stats.buyVolume + stats.sellVolume)).toFixed(2),
    percent(print.cumVolume, market.previousVolume || instrument.dailyVolume),
    stats.openTime,
    ...sinceThen(stats.open),
    stats.highTime,
    ...sinceThen(stats.high),
    stats.lowTime,
    ...sinceThen(stats.low),
    compactDay(market.day),
    engine.phase === 'auction' ? '21' : '20',
    'N',
    String(depth.asks[0]?.quantity ?? 0),
    String(depth.bids[0]?.quantity ?? 0),
    String(depth.totalAsk),
    String(depth.totalBid),
    percent(print.cumVolume, instrument.listedShares),
    '0',
    '0.00',
    '0',
    '',
    String(market.viReference),
    ...(variants.tradeFields === '47' ? [REGULAR_MARKET] : []),
  ];
}

/** One H0STASP0 record. HOUR_CLS_CODE: 0 in session, B before the open, A in the closing auction, C in an interruption and in single-price trading. */
export function bookRecord(exchange: Exchange, market: MarketState, now: number, variants: Variants): readonly string[] {
  const { asks, bids, totalAsk, totalBid } = depthOf(market);
  const expected = market.engine.expected();
  const levels = (pick: (i: number) => number | undefined): string[] => Array.from({ length: 10 }, (_, i) => String(pick(i) ?? 0));
  const change = expected && changeOf(market, expected.price);
  return [
    market.instrument.symbol,
    seoulTime(now),
    exchange.phase === 'opening_auction' ? 'B' : exchange.phase === 'closing_auction' ? 'A' : market.engine.phase === 'auction' ? 'C' : '0',
    ...(variants.bookFields === '60_fourth' ? [REGULAR_MARKET] : []),
    ...levels((i) => asks[i]?.price),
    ...levels((i) => bids[i]?.price),
    ...levels((i) => asks[i]?.quantity),
    ...levels((i) => bids[i]?.quantity),
    String(totalAsk),
    String(totalBid),
    '0',
    '0',
    String(expected?.price ?? 0),
    String(expected?.volume ?? 0),
    String(expected?.volume ?? 0),
    change?.vrss ?? '0',
    expected ? signOf(market, expected.price) : '3',
    change?.ctrt ?? '0.00',
    String(market.stats.volume),
    '0',
    '0',
    '0',
    '0',
    '0',
    ...(variants.bookFields === '60' ? [REGULAR_MARKET] : []),
  ];
}

/** One H0STMKO0 record: a market's own state, sent when it changes. MKOP_CLS_CODE 164: halted for a time. */
export function stateRecord(market: MarketState): readonly string[] {
  const isHalted = market.state === 'halted';
  const isVi = market.vi ? 'Y' : 'N';
  return [market.instrument.symbol, isHalted ? 'Y' : 'N', '(null)', isHalted ? '164' : '112', '', '', '', statusOf(market), isVi, 'N', '1'];
}

/** `<flag>|<TR_ID>|<count>|<records joined by ^>`. */
export function frame(trId: string, records: readonly (readonly string[])[]): string {
  return `0|${trId}|${String(records.length).padStart(3, '0')}|${records.map((record) => record.join('^')).join('^')}`;
}

/** AES-256-CBC with PKCS#7; key and IV are the UTF-8 bytes of the subscription's answer. */
export function encryptedFrame(trId: string, record: readonly string[], secret: { key: string; iv: string }): string {
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(secret.key, 'utf8'), Buffer.from(secret.iv, 'utf8'));
  const text = Buffer.concat([cipher.update(record.join('^'), 'utf8'), cipher.final()]).toString('base64');
  return `1|${trId}|001|${text}`;
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0');
const CONDITION = { day: '0', ioc: '1', fok: '2' } as const;

interface NoticeWords {
  readonly order: VenueOrder;
  readonly original: string;
  /** RCTF_CLS: 0 new, 1 modify, 2 cancel. */
  readonly kind: string;
  readonly quantity: number;
  readonly price: number;
  readonly executed: boolean;
  readonly refused?: boolean;
  readonly accepted: string;
}

/** The words of one order event in a notice; expiry is silent, as the real stream says nothing at the end of a session. */
function noticeOf(event: OrderEvent): NoticeWords | null {
  const { order } = event;
  switch (event.type) {
    case 'accepted':
      return { order, original: '', kind: '0', quantity: order.quantity, price: order.price, executed: false, accepted: '1' };
    case 'filled':
      return {
        order,
        original: order.originalOrderNumber,
        kind: '0',
        quantity: event.fill.quantity,
        price: event.fill.price,
        executed: true,
        accepted: '2',
      };
    case 'cancelled':
      return event.by
        ? { order: event.by, original: order.orderNumber, kind: '2', quantity: event.quantity, price: 0, executed: false, accepted: '2' }
        : { order, original: order.originalOrderNumber, kind: '2', quantity: event.quantity, price: 0, executed: false, accepted: '3' };
    case 'replaced':
      return {
        order: event.by,
        original: order.orderNumber,
        kind: '1',
        quantity: event.quantity,
        price: event.by.price,
        executed: false,
        accepted: '2',
      };
    case 'rejected':
      return {
        order,
        original: order.originalOrderNumber,
        kind: order.action === 'cancel' ? '2' : order.action === 'modify' ? '1' : '0',
        quantity: order.rejected,
        price: order.price,
        executed: false,
        refused: true,
        accepted: '1',
      };
    case 'expired':
      return null;
  }
}

/** Order notices of one event: 26 fields on real (H0STCNI0), 23 on paper (H0STCNI9). Name and customer are masked stand-ins. */
export function noticeRecords(
  exchange: Exchange,
  account: Account,
  event: OrderEvent,
  now: number,
  variants: Variants,
): readonly (readonly string[])[] {
  const notice = noticeOf(event);
  if (!notice) return [];
  const isConfirmedChange = notice.accepted === '2' && !notice.executed && !notice.refused;
  const told = isConfirmedChange && variants.changeNotice === 'received_and_confirmed' ? [{ ...notice, accepted: '1' }, notice] : [notice];
  return told.map((words) => noticeRecord(exchange, account, words, now, variants));
}

function noticeRecord(exchange: Exchange, account: Account, notice: NoticeWords, now: number, variants: Variants): readonly string[] {
  const { order } = notice;
  const name = exchange.markets.get(order.symbol)?.instrument.nameKo ?? '';
  const orderPrice = digits(order.price, 9);
  const front = [
    account.htsId,
    `${account.accountNumber}${account.productCode}`,
    numberText(variants, order.orderNumber),
    numberText(variants, notice.original),
    order.side === 'sell' ? '01' : '02',
    notice.kind,
    order.orderType,
    CONDITION[order.timeInForce],
    order.symbol,
    digits(notice.quantity, 10),
    digits(notice.price, 9),
    seoulTime(now + exchange.skewMs),
    notice.refused ? '1' : '0',
    notice.executed ? '2' : '1',
    notice.accepted,
    order.branch,
    digits(order.quantity, 9),
    '모의*',
  ];
  const measured = account.environment === 'paper' ? '23' : '26';
  // Paper runs ORD_EXG_GB and POPUP_YN together as `1Y` and has no stop price or filler (measured 2026-08).
  return (variants.noticeFields === 'measured' ? measured : variants.noticeFields) === '23'
    ? [...front, '1Y', '10', '', name, orderPrice]
    : [...front, digits(0, 9), '1', 'Y', '', '10', '', name, orderPrice];
}
