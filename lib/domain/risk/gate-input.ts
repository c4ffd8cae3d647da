import type { CalendarDay } from '#domain/market/calendar.ts';
import type { InstrumentKind, Market } from '#domain/market/instrument.ts';
import type { OrderOrigin, PriceType, Side, TimeInForce } from '#domain/order/order.ts';

/** Kill-switch levels as far as new orders feel them (ORDERS §6). `halt` lets only cancels and a flatten pass. */
export type HaltLevel = 'none' | 'pause_entries' | 'reduce_only' | 'halt';

export interface GateOrder {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly priceType: PriceType;
  readonly timeInForce: TimeInForce;
  /** Won a share; null for types without a price. */
  readonly price: number | null;
  readonly origin: OrderOrigin;
  /** The person has seen the warning about an identical order and sends again. */
  readonly allowDuplicate: boolean;
}

export interface GateInstrument {
  readonly market: Market;
  readonly kind: InstrumentKind;
  readonly isListed: boolean;
  readonly isHalted: boolean;
  readonly isInVi: boolean;
  /** 정리매매, the last days before a delisting. */
  readonly isLiquidation: boolean;
  /** KIS iscd_stat_cls_code: 51 administrative, 52 investment risk, 53 warning, 54 caution, 58 halted, 59 overheated; '' normal. */
  readonly statusCode: string;
  readonly basePrice: number;
  /** Today's limits as the exchange or the broker tells them. */
  readonly upperLimit: number;
  readonly lowerLimit: number;
  /** Shares a day on average, for the share-of-volume limit; null when not known. */
  readonly averageVolume: number | null;
}

export interface GateQuote {
  /** Null before the first trade of the day. */
  readonly last: number | null;
  /** The auction's expected price; null or 0 outside an auction. */
  readonly expected: number | null;
  /** Seconds since the socket that carries the symbol was heard; null when it is down. */
  readonly socketAgeSeconds: number | null;
  /** Seconds since a price was fetched by itself; null when none was. */
  readonly fetchedAgeSeconds: number | null;
}

/** Another order of the same account and symbol that may still trade. */
export interface WorkingOrder {
  readonly side: Side;
  readonly price: number | null;
  readonly remaining: number;
}

/** Limits in won, shares or counts; null means not limited. Used figures are before this order. */
export interface GateLimits {
  /** When the limits ran out; null while they hold. */
  readonly expiredAt: string | null;
  readonly orderAmount: number | null;
  readonly positionAmount: number | null;
  readonly grossAmount: number | null;
  readonly grossUsed: number;
  readonly dailyAmount: number | null;
  readonly dailyAmountUsed: number;
  readonly dailyOrders: number | null;
  readonly dailyOrdersUsed: number;
  readonly dailyLoss: number | null;
  /** Won lost today, realised and not; 0 or less when winning. */
  readonly lossToday: number;
  /** Share of the average volume one order may ask for, in percent. */
  readonly volumePercent: number | null;
  /** Orders in the last `rateSeconds`, and how many are allowed. */
  readonly recentOrders: number;
  readonly rateOrders: number | null;
  readonly rateSeconds: number;
}

export interface GateSettings {
  readonly allowAdministrative: boolean;
  readonly allowInvestmentRisk: boolean;
  readonly allowLiquidation: boolean;
  /** How far above the reference a buy may go, in percent; never more than 10. */
  readonly collarPercent: number;
}

/** Everything the gate looks at: facts only, gathered by the caller. The same input is made live, on paper and in a back-test. */
export interface GateInput {
  readonly order: GateOrder;
  readonly day: string;
  /** Seconds since midnight in Seoul. */
  readonly second: number;
  readonly calendarDay: CalendarDay | null;
  readonly halt: HaltLevel;
  /** |broker clock − ours| in seconds, median of recent answers; null before five were seen. */
  readonly clockOffsetSeconds: number | null;
  readonly instrument: GateInstrument | null;
  readonly quote: GateQuote | null;
  readonly limits: GateLimits;
  readonly settings: GateSettings;
  /** Held shares of the symbol over all the user's accounts, with working buys (unknown ones too). */
  readonly heldQuantity: number;
  readonly workingBuyQuantity: number;
  /** Working orders of this account and symbol. */
  readonly working: readonly WorkingOrder[];
  /** Seconds since the same fingerprint was last ordered under another intent key; null when it was not. */
  readonly sameOrderSecondsAgo: number | null;
  /** True while an order of this account, symbol and side is unknown: entries wait, whoever asks (ORDERS §2). */
  readonly hasUnknownOrder: boolean;
  /** True while a break of this symbol is open or the position is not proved since start (ORDERS §4). */
  readonly isPositionUnproved: boolean;
  /** Won the account may still spend, reservations of other orders taken off. */
  readonly orderableCash: number;
  readonly commissionRate: number;
  /** Shares that may be sold, reservations of other orders taken off. */
  readonly sellableQuantity: number;
}

/** Everyday settings of a new account. */
export const DEFAULT_SETTINGS: GateSettings = {
  allowAdministrative: false,
  allowInvestmentRisk: false,
  allowLiquidation: false,
  collarPercent: 5,
};

/** No limit of ours: for a back-test that states none. */
export const NO_LIMITS: GateLimits = {
  expiredAt: null,
  orderAmount: null,
  positionAmount: null,
  grossAmount: null,
  grossUsed: 0,
  dailyAmount: null,
  dailyAmountUsed: 0,
  dailyOrders: null,
  dailyOrdersUsed: 0,
  dailyLoss: null,
  lossToday: 0,
  volumePercent: null,
  recentOrders: 0,
  rateOrders: null,
  rateSeconds: 1,
};
