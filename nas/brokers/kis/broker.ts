import type { Price } from '#domain/money.ts';
import type { PriceType, Symbol, TradingDay } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type {
  Broker,
  BrokerBar,
  BrokerCapabilities,
  BrokerOrder,
  CancelOutcome,
  NewBrokerOrder,
  SubmitOutcome,
} from '#nas/brokers/port.ts';
import { createAuth, type KisCredentials } from './auth.ts';
import { createBarReader } from './bars.ts';
import { createClient } from './client.ts';
import { type KisClock, seoulParts } from './clock.ts';
import { checkEndpoints, type KisEndpoints } from './endpoints.ts';
import type { Governor } from './governor.ts';
import { toBalance, toOrder, toOrderBook, toQuote, UnreadableAnswer } from './parse.ts';
import { balanceAnswer, buyingPowerAnswer, orderBookAnswer, ordersAnswer, priceAnswer } from './schemas.ts';
import { openKisStream } from './stream.ts';
import type { TokenStore } from './token-store.ts';
import { type KisEnvironment, orderTrId, PATHS, QUOTE_TR_IDS, TR_IDS } from './tr-ids.ts';
import { DEFAULT_TIMEOUTS, type Timeouts } from './transport.ts';

export interface KisBrokerOptions {
  readonly credentials: KisCredentials;
  readonly environment: KisEnvironment;
  /** Given by the caller for this environment; a KIS host of the other one is refused. */
  readonly endpoints: KisEndpoints;
  readonly tokenStore: TokenStore;
  /** Shared by everything that uses this app key. */
  readonly governor: Governor;
  readonly clock: KisClock;
  readonly log: Log;
  /** ETN are ordered and quoted as `Q` + code. */
  readonly isEtn?: (symbol: Symbol) => boolean;
  /** False once this paper account was seen to answer fills without rows (KIS reference §3.6). */
  readonly inquiryRows?: boolean;
  readonly timeouts?: Partial<Timeouts>;
}

/** Default calls a second: below KIS's 18 (real) and 1 (paper) of the notice of 2026-04-20. */
export const REQUESTS_PER_SECOND: Record<KisEnvironment, number> = { real: 15, paper: 0.95 };

/** ORD_DVSN (주문구분) of the types we send; the others are refused until their sessions are opened. */
const ORDER_TYPES: Partial<Record<PriceType, string>> = { limit: '00', market: '01' };

/** Longest wait of an order for its turn; the trading service decides anew after that. A cancel waits out a queue of cancels. */
const SUBMIT_WAIT_MS = 2_500;
const CANCEL_WAIT_MS = 30_000;

/** KIS as a broker: KRX cash orders of one account. Outside this folder no KIS field name appears. */
export function createKisBroker(options: KisBrokerOptions): Broker {
  const { credentials, environment, clock, governor, log } = options;
  const { rest, ws } = checkEndpoints(environment, options.endpoints);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const auth = createAuth({ credentials, environment, rest, store: options.tokenStore, clock, log, limits: timeouts });
  const client = createClient({ rest, credentials, auth, governor, clock, log, timeouts });
  const trIds = TR_IDS[environment];
  const account = { CANO: credentials.accountNumber, ACNT_PRDT_CD: credentials.productCode };
  const codeOf = (symbol: Symbol): string => (options.isEtn?.(symbol) ? `Q${symbol}` : symbol);
  const quoted = (symbol: Symbol) => ({ FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: codeOf(symbol) }); // J = KRX
  const bars = createBarReader({ client, quoted, clock });
  const capabilities: BrokerCapabilities = {
    clientOrderId: false,
    executionId: false,
    openOrders: environment === 'real',
    inquiryRows: options.inquiryRows ?? true,
    replaceKeepsId: false,
    requestsPerSecond: REQUESTS_PER_SECOND[environment],
  };

  /** Their words into ours; a word we do not know makes the whole read fail. */
  function understood<T>(path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw error;
      throw new AppError('broker_unavailable', 'KIS answered something unknown', {
        detail: { path, code: 'UNREADABLE', message: error.message },
      });
    }
  }

  return {
    id: 'kis',
    environment,
    capabilities,

    async submit(order, mayWrite): Promise<SubmitOutcome> {
      const body = orderBody(order);
      return client.order({
        path: PATHS.orderCash,
        trId: orderTrId(environment, order.side),
        body: {
          ...account,
          PDNO: codeOf(order.symbol),
          SLL_TYPE: order.side === 'sell' ? '01' : '',
          ...body,
          CNDT_PRIC: '',
          EXCG_ID_DVSN_CD: order.venue,
        },
        lane: order.side === 'sell' ? 'exit' : 'entry',
        maxWaitMs: SUBMIT_WAIT_MS,
        mayWrite,
      });
    },

    async cancel(order): Promise<CancelOutcome> {
      return client.order({
        path: PATHS.reviseOrCancel,
        trId: trIds.reviseOrCancel,
        body: {
          ...account,
          KRX_FWDG_ORD_ORGNO: order.branch,
          ORGN_ODNO: order.brokerOrderId,
          ORD_DVSN: orderType(order.priceType),
          RVSE_CNCL_DVSN_CD: '02', // 취소
          ORD_QTY: '0', // with QTY_ALL_ORD_YN = Y the whole remainder, whatever has filled meanwhile
          ORD_UNPR: '0',
          QTY_ALL_ORD_YN: 'Y',
          CNDT_PRIC: '',
          EXCG_ID_DVSN_CD: order.venue,
        },
        lane: 'cancel',
        maxWaitMs: CANCEL_WAIT_MS,
      });
    },

    async ordersOn(day, filter = {}): Promise<readonly BrokerOrder[]> {
      const date = day.replaceAll('-', '');
      const pages = await client.readPages({
        path: PATHS.orders,
        trId: isOlderThanThreeMonths(day, clock.now()) ? trIds.ordersOlder : trIds.ordersRecent,
        query: {
          ...account,
          INQR_STRT_DT: date,
          INQR_END_DT: date,
          SLL_BUY_DVSN_CD: filter.side === undefined ? '00' : filter.side === 'sell' ? '01' : '02',
          PDNO: filter.symbol ? codeOf(filter.symbol) : '',
          ORD_GNO_BRNO: '',
          ODNO: '',
          CCLD_DVSN: '00', // filled and unfilled
          INQR_DVSN: '01', // oldest first: orders made between two pages come at the end and move none
          INQR_DVSN_1: '',
          INQR_DVSN_3: '00',
          EXCG_ID_DVSN_CD: environment === 'real' ? 'ALL' : 'KRX',
        },
        schema: ordersAnswer,
        lane: filter.isUrgent ? 'in_flight' : 'reconcile',
      });
      const warn = (field: string, value: string) => log.warn({ field, value: value.slice(0, 8) }, 'kis code unknown');
      return understood(PATHS.orders, () => uniqueOrders(pages.flatMap((page) => page.output1.map((row) => toOrder(row, warn)))));
    },

    async balance() {
      const pages = await client.readPages({
        path: PATHS.balance,
        trId: trIds.balance,
        query: {
          ...account,
          AFHR_FLPR_YN: 'N', // valued at the KRX regular session's price
          OFL_YN: '',
          INQR_DVSN: '01', // the only value KIS still documents: by loan date, merged by us
          UNPR_DVSN: '01',
          FUND_STTL_ICLD_YN: 'N',
          FNCG_AMT_AUTO_RDPT_YN: 'N',
          PRCS_DVSN: '00', // yesterday's trades included
        },
        schema: balanceAnswer,
        lane: 'reconcile',
      });
      return understood(PATHS.balance, () => toBalance(pages));
    },

    async buyingPower({ symbol, priceType, limitPrice }) {
      const { output } = await client.read({
        path: PATHS.buyingPower,
        trId: trIds.buyingPower,
        query: {
          ...account,
          PDNO: codeOf(symbol),
          ORD_UNPR: String(limitPrice ?? 0),
          ORD_DVSN: orderType(priceType),
          CMA_EVLU_AMT_ICLD_YN: 'N',
          OVRS_ICLD_YN: 'N',
        },
        schema: buyingPowerAnswer,
        lane: 'entry',
      });
      return { amount: output.nrcvb_buy_amt, quantity: output.nrcvb_buy_qty, reckonedPrice: output.psbl_qty_calc_unpr };
    },

    async quote(symbol) {
      const answer = await client.read({
        path: PATHS.price,
        trId: QUOTE_TR_IDS.price,
        query: quoted(symbol),
        schema: priceAnswer,
        lane: 'screen',
      });
      return toQuote(symbol, answer);
    },

    async orderBook(symbol) {
      const call = {
        path: PATHS.orderBook,
        trId: QUOTE_TR_IDS.orderBook,
        query: quoted(symbol),
        schema: orderBookAnswer,
        lane: 'screen',
      } as const;
      return toOrderBook(symbol, await client.read(call));
    },

    dailyBars: (symbol: Symbol, from: TradingDay, to: TradingDay): Promise<readonly BrokerBar[]> => bars.daily(symbol, from, to),
    minuteBars: (symbol: Symbol): Promise<readonly BrokerBar[]> => bars.minutes(symbol),

    openStream(handlers, { notices }) {
      const { htsId } = credentials;
      if (notices && !htsId) throw new AppError('invalid_input', 'order notices need the HTS id of the account');
      return openKisStream({
        url: ws,
        auth,
        handlers,
        notices: notices && htsId ? { trId: trIds.notices, htsId } : null,
        codeOf,
        clock,
        log,
      });
    },

    clockOffsetMs: () => client.clockOffsetMs(),
    async close() {
      client.close();
    },
  };
}

function orderType(priceType: PriceType): string {
  const code = ORDER_TYPES[priceType];
  if (!code) throw new AppError('invalid_input', 'this order type is not open at KIS yet', { detail: { priceType } });
  return code;
}

/** The part of an order that can be wrong before KIS sees it. */
function orderBody(order: NewBrokerOrder): { ORD_DVSN: string; ORD_QTY: string; ORD_UNPR: string } {
  const code = orderType(order.priceType);
  if (order.timeInForce !== 'day') {
    throw new AppError('invalid_input', 'this time in force is not open at KIS yet', { detail: { timeInForce: order.timeInForce } });
  }
  const isQuantity = Number.isSafeInteger(order.quantity) && order.quantity > 0 && order.quantity < 10_000_000_000; // ORD_QTY has ten digits
  if (!isQuantity) throw new AppError('invalid_input', 'quantity outside KIS field', { detail: { quantity: order.quantity } });
  if ((order.priceType === 'limit') !== isPrice(order.limitPrice)) {
    throw new AppError('invalid_input', 'a limit order needs a price, a market order none', { detail: { priceType: order.priceType } });
  }
  return { ORD_DVSN: code, ORD_QTY: String(order.quantity), ORD_UNPR: String(order.limitPrice ?? 0) };
}

function isPrice(value: Price | null): boolean {
  return value !== null && Number.isSafeInteger(value) && value > 0;
}

/** An order on two pages (it changed while we read) is told once, in its later state. */
function uniqueOrders(orders: readonly BrokerOrder[]): BrokerOrder[] {
  const byNumber = new Map<string, BrokerOrder>();
  for (const order of orders) {
    const key = `${order.branch}|${order.brokerOrderId}`;
    const before = byNumber.get(key);
    if (!before || before.cumQuantity <= order.cumQuantity) byNumber.set(key, order);
  }
  return [...byNumber.values()];
}

/** KIS keeps three months under one TR and everything older under another. */
function isOlderThanThreeMonths(day: TradingDay, now: number): boolean {
  const { date } = seoulParts(now);
  const limit = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 4, Number(date.slice(6, 8))));
  return day < limit.toISOString().slice(0, 10);
}
