import type { Krw, Price, Shares } from '#domain/money.ts';
import type { PriceType, Side, Symbol, TimeInForce, TradingDay } from '#domain/order/order.ts';

/** What a broker can and cannot tell us; the submission protocol asks these instead of asking "which broker". */
export interface BrokerCapabilities {
  readonly clientOrderId: boolean;
  readonly executionId: boolean;
  readonly openOrders: boolean;
  /** False when today's order inquiry is known to come back empty (KIS paper defect): fills are then proved by notices and holdings. */
  readonly inquiryRows: boolean;
  readonly replaceKeepsId: boolean;
  /** Whether `tradingDays` can be asked (KIS tells its calendar on the real host only). */
  readonly tradingDays: boolean;
  /** Rows of one page of `ordersOn`: each page is a call. */
  readonly ordersPerPage: number;
  /** Requests a second the broker allows this key. */
  readonly requestsPerSecond: number;
}

export interface NewBrokerOrder {
  readonly symbol: Symbol;
  readonly side: Side;
  readonly quantity: Shares;
  readonly priceType: PriceType;
  readonly timeInForce: TimeInForce;
  /** Null for types without a price. */
  readonly limitPrice: Price | null;
  readonly venue: 'KRX';
}

/** How the broker names one of its orders. `branch` is KIS's KRX_FWDG_ORD_ORGNO; empty where a broker has none. */
export interface BrokerOrderRef {
  readonly brokerOrderId: string;
  readonly branch: string;
}

/**
 * What became of one POST. `unknown`: bytes may have reached the broker and nobody said no: never resend, look it up.
 * `not_processed`: proven that nothing was done (connection refused, DNS/TLS failure before any byte, or a refusal on the
 * adapter's versioned "definitely not processed" list): a new attempt is allowed.
 */
export type SubmitOutcome =
  | ({ readonly kind: 'accepted'; readonly brokerTime: string | null } & BrokerOrderRef)
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  | { readonly kind: 'not_processed'; readonly code: string; readonly message: string; readonly retryAfterMs: number }
  | { readonly kind: 'unknown'; readonly cause: string };

/** 정정: moves shares of an open order's remainder to another price or type. */
export interface BrokerOrderChange extends BrokerOrderRef, NewBrokerOrder {
  /** The whole remainder, whatever has filled meanwhile; else exactly `quantity` shares of it. */
  readonly isWhole: boolean;
}

/** What a cancel needs to know of the order it takes back. */
export interface BrokerCancel extends BrokerOrderRef, Pick<NewBrokerOrder, 'symbol' | 'side' | 'quantity' | 'priceType' | 'venue'> {
  /** Shares to take back; absent for the whole remainder, whatever has filled meanwhile. */
  readonly cancelQuantity?: Shares | undefined;
}

/** A cancel's answer means "request accepted", never "cancelled": the end state comes from notices and inquiries. */
export type CancelOutcome = SubmitOutcome;

/** One order as the broker's own list tells it; cumulative, there is no execution id. */
export interface BrokerOrder extends BrokerOrderRef {
  readonly orderDay: TradingDay;
  /** The order this one modifies or cancels; null for a new order. */
  readonly originalOrderId: string | null;
  /** True when the broker says that this row only takes shares back (취소); such a row never trades. */
  readonly isCancel?: boolean;
  readonly symbol: Symbol;
  readonly side: Side;
  readonly quantity: Shares;
  readonly limitPrice: Price | null;
  readonly priceType: PriceType | null;
  readonly cumQuantity: Shares;
  readonly cumAmount: Krw;
  readonly leavesQuantity: Shares;
  readonly cancelledQuantity: Shares;
  readonly rejectedQuantity: Shares;
  /** HHMMSS by the broker's clock, Seoul. */
  readonly orderTime: string;
  /** True when the order came through the API channel (KIS `ordr_empno` = OpnAPI), false for HTS/MTS. */
  readonly isApiOrder: boolean;
}

export interface BrokerHolding {
  readonly symbol: Symbol;
  readonly name: string;
  readonly quantity: Shares;
  readonly sellableQuantity: Shares;
  readonly purchaseAmount: Krw;
  readonly boughtToday: Shares;
  readonly soldToday: Shares;
  readonly lastPrice: Price | null;
}

export interface BrokerBalance {
  readonly holdings: readonly BrokerHolding[];
  /** Cash today, D+1 and D+2 in won; D+2 is the real free cash. */
  readonly cash: number;
  readonly cashD1: number;
  readonly cashD2: number;
  readonly netAssets: number;
  /** Fees and tax of today's trades, the broker's own total in won; absent where it tells none. */
  readonly feesAndTaxToday?: number;
}

export interface BuyingPower {
  /** Won that may be spent without going into 미수. */
  readonly amount: Krw;
  readonly quantity: Shares;
  /** The price the broker reckoned with (upper limit for market orders). */
  readonly reckonedPrice: number;
}

/** What every price read tells of a symbol, many at a time too. */
export interface PriceSnapshot {
  readonly symbol: Symbol;
  readonly last: Price;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly basePrice: Price;
  readonly upperLimit: Price;
  readonly lowerLimit: Price;
  readonly volume: number;
  readonly value: number;
}

/** A price read of one symbol, which also tells its state. */
export interface QuoteSnapshot extends PriceSnapshot {
  readonly tick: number;
  readonly isHalted: boolean;
  /** KIS iscd_stat_cls_code: 51 administrative … 58 halted, 59 overheated; empty when normal. */
  readonly statusCode: string;
  readonly isInVi: boolean;
  /** 정리매매 before a delisting; absent where a broker does not tell. */
  readonly isLiquidation?: boolean;
}

export interface BookLevel {
  readonly price: number;
  readonly quantity: number;
}
export interface OrderBookSnapshot {
  readonly symbol: Symbol;
  readonly asks: readonly BookLevel[];
  readonly bids: readonly BookLevel[];
  /** Expected auction price and volume; 0 outside an auction. */
  readonly expectedPrice: number;
  readonly expectedVolume: number;
  readonly time: string;
}

/** A public trade print from the stream. `cumVolume` exposes gaps and duplicates. */
export interface TradePrint {
  readonly symbol: Symbol;
  readonly day: TradingDay;
  readonly time: string;
  readonly price: Price;
  readonly quantity: number;
  readonly cumVolume: number;
  readonly cumValue: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly change: number;
  readonly isHalted: boolean;
  /** Session phase code as the venue tells it: `continuous`, `auction` … */
  readonly phase: 'pre' | 'continuous' | 'auction' | 'after';
}

/** An order notice. It never adds to the cumulative truth (KIS sends no execution id); it moves the inquiry forward. */
export interface OrderNotice extends BrokerOrderRef {
  readonly accountNumber: string;
  readonly originalOrderId: string | null;
  readonly kind: 'accepted' | 'filled' | 'cancelled' | 'replaced' | 'rejected';
  readonly side: Side;
  readonly symbol: Symbol;
  readonly quantity: Shares;
  readonly price: number;
  readonly time: string;
}

/** Bars newest last. Prices are raw unless `adjusted`. */
export interface BrokerBar {
  readonly day: TradingDay;
  /** HHMMSS of the minute; null for daily bars. */
  readonly time: string | null;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly value: number;
}

/** A day of the exchange's calendar; shortened hours are not told. */
export interface BrokerDay {
  readonly day: TradingDay;
  readonly isOpen: boolean;
}

export interface StreamHandlers {
  onNotice?(notice: OrderNotice): void;
  onTrade?(print: TradePrint): void;
  onBook?(book: OrderBookSnapshot): void;
  /** `live` after every registration was acknowledged; `down` at once when the socket dies or falls silent (15 s). */
  onState(state: 'connecting' | 'live' | 'down', reason?: string): void;
  /** The broker took this registration: what is printed from now on comes. What happened before did not, and has to be asked for. */
  onRegistered?(registration: Registration): void;
  /** A frame that could not be understood: counted and logged, never guessed. */
  onRefusedFrame?(reason: string): void;
}
/** One symbol's trade prints or order book on a stream. */
export interface Registration {
  readonly symbol: Symbol;
  readonly kind: 'trade' | 'book';
}
export interface BrokerStream {
  /** Replaces the wanted registrations; throws when more than the broker's cap (KIS 41, notices included). Kept across reconnects. */
  setRegistrations(wanted: readonly Registration[]): void;
  lastFrameAt(): number;
  close(): Promise<void>;
}

/** One account at one broker. Reads throw AppError('broker_unavailable') and are never half answers: pages are complete or the read failed. */
export interface Broker {
  readonly id: 'kis' | 'ls' | 'paper';
  readonly environment: 'real' | 'paper';
  readonly capabilities: BrokerCapabilities;
  /**
   * `mayWrite` is asked in the same tick as the socket write, after every queue and handshake (kill switch, ORDERS §6):
   * a reason stops the order and the outcome is `not_processed` with that reason as its code. An order the adapter cannot express
   * throws AppError('invalid_input') before anything else is done, and nothing else may throw that; a cancel likewise.
   */
  submit(order: NewBrokerOrder, mayWrite?: () => string | null): Promise<SubmitOutcome>;
  /**
   * 정정. `accepted` carries the broker's number of the order that lives on: a new one unless `replaceKeepsId`; the old order's remainder
   * shrinks by what moved. Like a new order it is never sent twice: a repeated change can move shares again.
   */
  replace(change: BrokerOrderChange, mayWrite?: () => string | null): Promise<SubmitOutcome>;
  /** Takes back the remainder, or a part of it. Only a full cancel may be repeated without harm. */
  cancel(order: BrokerCancel): Promise<CancelOutcome>;
  /** All orders of a day, every page, filtered when given. `isUrgent` puts the look-up of an order in flight before entries. */
  ordersOn(day: TradingDay, filter?: { symbol?: Symbol; side?: Side; isUrgent?: boolean }): Promise<readonly BrokerOrder[]>;
  balance(): Promise<BrokerBalance>;
  buyingPower(input: { symbol: Symbol; priceType: PriceType; limitPrice: Price | null }): Promise<BuyingPower>;
  /** Shares of this symbol that may be sold now. */
  sellable(symbol: Symbol): Promise<Shares>;
  quote(symbol: Symbol): Promise<QuoteSnapshot>;
  /** Many prices in as few calls as the broker allows, in the order asked. */
  quotes(symbols: readonly Symbol[]): Promise<readonly PriceSnapshot[]>;
  orderBook(symbol: Symbol): Promise<OrderBookSnapshot>;
  dailyBars(symbol: Symbol, from: TradingDay, to: TradingDay): Promise<readonly BrokerBar[]>;
  minuteBars(symbol: Symbol): Promise<readonly BrokerBar[]>;
  /** The coming calendar days from `from` on, about three weeks; throws AppError('invalid_input') without the capability. */
  tradingDays(from: TradingDay): Promise<readonly BrokerDay[]>;
  /** `notices` asks for this account's order notices on this session (exactly one session per HTS id may). */
  openStream(handlers: StreamHandlers, options: { notices: boolean }): BrokerStream;
  /** Broker clock minus ours in ms, median of recent `Date` headers; null before five were seen. */
  clockOffsetMs(): number | null;
  close(): Promise<void>;
}
