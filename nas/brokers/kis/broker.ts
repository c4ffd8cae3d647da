import type { Shares } from '#domain/money.ts';
import type { Side, Symbol, TradingDay } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type {
  Broker,
  BrokerBalance,
  BrokerBar,
  BrokerCapabilities,
  BrokerDay,
  BrokerOrder,
  CancelOutcome,
  PriceSnapshot,
  QuoteSnapshot,
  SubmitOutcome,
} from '#nas/brokers/port.ts';
import { createAuth, type KisCredentials } from './auth.ts';
import { createBarReader } from './bars.ts';
import { createClient } from './client.ts';
import type { KisClock } from './clock.ts';
import { checkEndpoints, type KisEndpoints } from './endpoints.ts';
import type { Governor, Lane } from './governor.ts';
import { KIS_LIMITS, OUR_CALLS_PER_SECOND } from './limits.ts';
import { cancelBody, newOrderBody, orderType, replaceBody } from './order-bodies.ts';
import { createOrderList } from './order-list.ts';
import { toBalance, toDays, toOrderBook, toPrices, toQuote, understood } from './parse.ts';
import { balanceAnswer, buyingPowerAnswer, orderBookAnswer, priceAnswer } from './schemas.ts';
import { holidayAnswer, manyPricesAnswer, sellableAnswer } from './schemas-reference.ts';
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
  const list = createOrderList({ client, environment, account, codeOf, clock, log, hasRows: options.inquiryRows ?? true });
  const bars = createBarReader({ client, quoted, clock });
  const capabilities: BrokerCapabilities = {
    clientOrderId: false,
    executionId: false,
    openOrders: environment === 'real',
    get inquiryRows() {
      return list.hasRows(); // found out on the first fill
    },
    replaceKeepsId: false,
    tradingDays: environment === 'real',
    ordersPerPage: KIS_LIMITS[environment === 'real' ? 'ordersPerPageReal' : 'ordersPerPagePaper'].value,
    requestsPerSecond: OUR_CALLS_PER_SECOND[environment],
  };

  async function balance(): Promise<BrokerBalance> {
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
  }

  async function quote(symbol: Symbol): Promise<QuoteSnapshot> {
    const answer = await client.read({
      path: PATHS.price,
      trId: QUOTE_TR_IDS.price,
      query: quoted(symbol),
      schema: priceAnswer,
      lane: 'screen',
    });
    return toQuote(symbol, answer);
  }

  return {
    id: 'kis',
    environment,
    capabilities,

    async submit(order, mayWrite): Promise<SubmitOutcome> {
      return client.order({
        path: PATHS.orderCash,
        trId: orderTrId(environment, order.side),
        body: { ...account, ...newOrderBody(order, codeOf(order.symbol)) },
        lane: laneOf(order.side),
        maxWaitMs: SUBMIT_WAIT_MS,
        mayWrite,
      });
    },

    async replace(change, mayWrite): Promise<SubmitOutcome> {
      return client.order({
        path: PATHS.reviseOrCancel,
        trId: trIds.reviseOrCancel,
        body: { ...account, ...replaceBody(change) },
        lane: laneOf(change.side),
        maxWaitMs: SUBMIT_WAIT_MS,
        mayWrite,
      });
    },

    async cancel(order): Promise<CancelOutcome> {
      return client.order({
        path: PATHS.reviseOrCancel,
        trId: trIds.reviseOrCancel,
        body: { ...account, ...cancelBody(order) },
        lane: 'cancel',
        maxWaitMs: CANCEL_WAIT_MS,
      });
    },

    ordersOn: (day, filter = {}): Promise<readonly BrokerOrder[]> => list.read(day, filter),

    balance,

    async sellable(symbol): Promise<Shares> {
      if (trIds.sellable === null) {
        const { holdings } = await balance();
        return holdings.find((holding) => holding.symbol === symbol)?.sellableQuantity ?? (0 as Shares);
      }
      const { output } = await client.read({
        path: PATHS.sellable,
        trId: trIds.sellable,
        query: { ...account, PDNO: codeOf(symbol) },
        schema: sellableAnswer,
        lane: 'exit',
      });
      return output.ord_psbl_qty;
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

    quote,

    async quotes(symbols): Promise<readonly PriceSnapshot[]> {
      const found: PriceSnapshot[] = [];
      if (environment === 'paper') {
        for (const symbol of symbols) found.push(await quote(symbol));
        return found;
      }
      for (let at = 0; at < symbols.length; at += KIS_LIMITS.pricesPerCall.value) {
        const asked = symbols.slice(at, at + KIS_LIMITS.pricesPerCall.value);
        const answer = await client.read({
          path: PATHS.manyPrices,
          trId: QUOTE_TR_IDS.manyPrices,
          query: Object.fromEntries(
            asked.flatMap((symbol, n) => [
              [`FID_COND_MRKT_DIV_CODE_${n + 1}`, 'J'],
              [`FID_INPUT_ISCD_${n + 1}`, codeOf(symbol)],
            ]),
          ),
          schema: manyPricesAnswer,
          lane: 'screen',
        });
        found.push(...understood(PATHS.manyPrices, () => toPrices(asked, answer)));
      }
      return found;
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

    async tradingDays(from): Promise<readonly BrokerDay[]> {
      if (!capabilities.tradingDays) throw new AppError('invalid_input', 'KIS tells its calendar on the real host only');
      const answer = await client.read({
        path: PATHS.calendar,
        trId: QUOTE_TR_IDS.calendar,
        // The first page holds 24 days; KIS asks for at most one call a day.
        query: { BASS_DT: from.replaceAll('-', ''), CTX_AREA_NK: '', CTX_AREA_FK: '' },
        schema: holidayAnswer,
        lane: 'screen',
      });
      return toDays(answer);
    },

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

function laneOf(side: Side): Lane {
  return side === 'sell' ? 'exit' : 'entry';
}
