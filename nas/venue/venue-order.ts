import type { PriceKind, TimeInForce } from './engine/symbol-engine.ts';

export type Environment = 'real' | 'paper';

export type Channel = 'OpnAPI' | 'Nsmart';

/** What a client asks for. */
export interface OrderTicket {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly orderType: string;
  readonly quantity: number;
  readonly price: number;
  readonly channel?: Channel;
  readonly isForeign?: boolean;
  readonly occurrence?: number;
}

/** Lets a script step in between the acceptance of a request and its effect: `hold` keeps the effect back, and the script brings it about. */
export type OnAccepted = (request: VenueOrder) => 'go' | 'hold';

export interface OrderFill {
  readonly price: number;
  readonly quantity: number;
  readonly time: string;
  readonly fee: number;
  readonly tax: number;
}

/** One request of an account as the broker's ledger keeps it: a new order, a modify or a cancel, each with its own number. */
export interface VenueOrder {
  /** Engine id, unique over the venue's life. */
  readonly id: number;
  readonly accountId: string;
  readonly environment: Environment;
  readonly day: string;
  /** Ten digits, from 0000000001 each day and environment. */
  readonly orderNumber: string;
  readonly branch: string;
  readonly originalOrderNumber: string;
  /** Engine id of the order that this request changes; 0 for a new one. */
  readonly originalId: number;
  readonly action: 'new' | 'modify' | 'cancel';
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  /** KIS ORD_DVSN as received. */
  readonly orderType: string;
  readonly kind: PriceKind;
  readonly timeInForce: TimeInForce;
  readonly quantity: number;
  /** The price the order names; 0 for types without one. */
  readonly price: number;
  readonly time: string;
  /** Won a share the reservation reckons with: the limit, or the upper limit of the day. */
  readonly reservePrice: number;
  /** ORDR_EMPNO: `OpnAPI` for the API, `Nsmart` for HTS and MTS. */
  readonly channel: Channel;
  /** Placed by another client of the same account; not told on the wire, only to the judge. */
  readonly isForeign: boolean;
  /** The how-manieth request of this look (account, symbol, side, quantity, price) it was, from 1; 0 for foreign orders. */
  readonly occurrence: number;
  status: 'working' | 'filled' | 'cancelled' | 'replaced' | 'expired' | 'confirmed' | 'rejected';
  open: number;
  filled: number;
  filledAmount: number;
  cancelled: number;
  /** Refused after it had been accepted. */
  rejected: number;
  fee: number;
  tax: number;
  /** Place in the book as of the last snapshot, so that a restart keeps price and time priority; null when it did not rest. */
  resting: { price: number | null; sequence: number } | null;
  fills: OrderFill[];
}

/** Why the venue says no; `kis/codes.ts` turns the word into each environment's code and sentence. */
export type Refusal =
  | 'unknown_symbol'
  | 'off_tick'
  | 'outside_limits'
  | 'before_open'
  | 'after_close'
  | 'not_a_trading_day'
  | 'no_cash'
  | 'no_holding'
  | 'over_sellable'
  | 'unknown_order'
  | 'nothing_left'
  | 'over_open_quantity'
  | 'bad_order_type'
  | 'halted';

export type Outcome = { readonly ok: true; readonly order: VenueOrder } | { readonly ok: false; readonly refusal: Refusal };

/** What an account is told, in the order it happened. */
export type OrderEvent =
  | { readonly type: 'accepted'; readonly order: VenueOrder }
  | { readonly type: 'filled'; readonly order: VenueOrder; readonly fill: OrderFill }
  | {
      readonly type: 'cancelled';
      readonly order: VenueOrder;
      readonly by: VenueOrder | null;
      readonly quantity: number;
      readonly reason: 'request' | 'ioc';
    }
  | { readonly type: 'replaced'; readonly order: VenueOrder; readonly by: VenueOrder; readonly quantity: number }
  | { readonly type: 'rejected'; readonly order: VenueOrder }
  | { readonly type: 'expired'; readonly order: VenueOrder; readonly quantity: number };

/** ORD_DVSN codes the venue trades (KRX regular session). 21–24, 05–07 and the after-market's 41–47 are not played. */
export const ORDER_TYPES: Readonly<Record<string, { kind: PriceKind; timeInForce: TimeInForce; nameKo: string }>> = {
  '00': { kind: 'limit', timeInForce: 'day', nameKo: '지정가' },
  '01': { kind: 'market', timeInForce: 'day', nameKo: '시장가' },
  '02': { kind: 'limit', timeInForce: 'day', nameKo: '조건부지정가' },
  '03': { kind: 'best', timeInForce: 'day', nameKo: '최유리지정가' },
  '04': { kind: 'own_best', timeInForce: 'day', nameKo: '최우선지정가' },
  '11': { kind: 'limit', timeInForce: 'ioc', nameKo: 'IOC지정가' },
  '12': { kind: 'limit', timeInForce: 'fok', nameKo: 'FOK지정가' },
  '13': { kind: 'market', timeInForce: 'ioc', nameKo: 'IOC시장가' },
  '14': { kind: 'market', timeInForce: 'fok', nameKo: 'FOK시장가' },
  '15': { kind: 'best', timeInForce: 'ioc', nameKo: 'IOC최유리' },
  '16': { kind: 'best', timeInForce: 'fok', nameKo: 'FOK최유리' },
};
/** 조건부지정가: becomes a market order when the closing auction begins. */
export const CONDITIONAL = '02';
