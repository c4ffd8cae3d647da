import type { Exchange } from './exchange.ts';
import type { Account } from './ledger/ledger.ts';
import type { MarketState } from './market/market-state.ts';
import type { MarketRules } from './market/rules.ts';
import { CONDITIONAL, ORDER_TYPES, type OrderTicket, type Refusal, type VenueOrder } from './venue-order.ts';

/** Why the exchange does not take an order, or null. `replaced` is the order whose remainder this one takes over. */
export function refusalOf(exchange: Exchange, account: Account, ticket: OrderTicket, replaced?: VenueOrder): Refusal | null {
  const market = exchange.markets.get(ticket.symbol);
  if (!market) return 'unknown_symbol';
  const type = ORDER_TYPES[ticket.orderType];
  if (!type) return 'bad_order_type';
  if (!exchange.sessions.isTradingDay(exchange.day)) return 'not_a_trading_day';
  if (exchange.phase === 'before') return 'before_open';
  if (exchange.phase === 'after') return 'after_close';
  if (market.state === 'halted') return 'halted';
  // KRX takes only limit and market orders in its call auctions.
  if (exchange.interruptions.matching(market) === 'auction' && (type.timeInForce !== 'day' || !['00', '01'].includes(ticket.orderType)))
    return 'bad_order_type';
  if (type.kind === 'limit') {
    if (ticket.price < market.lowerLimit || ticket.price > market.upperLimit) return 'outside_limits';
    if (ticket.price % exchange.rules.tickSize(market.instrument, exchange.day, ticket.price) !== 0) return 'off_tick';
  }
  return ticket.side === 'buy' ? noCash(exchange, account, ticket, replaced) : noShares(exchange, account, ticket, replaced);
}

function noCash(exchange: Exchange, account: Account, ticket: OrderTicket, replaced?: VenueOrder): Refusal | null {
  const { rules, ledger, markets } = exchange;
  const freed = replaced ? reservation(rules, replaced) : 0;
  const amount = reservePrice(markets.get(ticket.symbol)!, ticket) * ticket.quantity;
  const isPayable = Number.isSafeInteger(amount) && amount + rules.commission(amount) <= ledger.orderableCash(account) + freed;
  return isPayable ? null : 'no_cash';
}

function noShares({ ledger }: Exchange, account: Account, ticket: OrderTicket, replaced?: VenueOrder): Refusal | null {
  if ((account.holdings.get(ticket.symbol)?.quantity ?? 0) === 0) return 'no_holding';
  const sellable = ledger.sellable(account, ticket.symbol) + (replaced?.open ?? 0);
  return ticket.quantity > sellable ? 'over_sellable' : null;
}

/** A priceless order reserves at the upper limit (KIS: market buys above about 77 % of the cash are refused). */
export function reservePrice(market: MarketState, ticket: Pick<OrderTicket, 'orderType' | 'price'>): number {
  return ORDER_TYPES[ticket.orderType]?.kind === 'limit' && ticket.orderType !== CONDITIONAL ? ticket.price : market.upperLimit;
}

/** Won that the open part of a buy keeps back, commission included. */
export function reservation(rules: MarketRules, order: VenueOrder): number {
  const amount = order.reservePrice * order.open;
  return order.side === 'buy' ? amount + rules.commission(amount) : 0;
}
