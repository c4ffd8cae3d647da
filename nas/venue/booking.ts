import type { Fill } from './engine/symbol-engine.ts';
import { reservation } from './entry-rules.ts';
import { type Exchange, HOUSE } from './exchange.ts';
import type { MarketState } from './market/market-state.ts';
import { seoulTime } from './seoul-time.ts';
import type { OrderFill, VenueOrder } from './venue-order.ts';

/** Writes one execution into the orders and accounts of both sides; answers the fills of accounts, buyer first. */
export function bookFill(exchange: Exchange, market: MarketState, fill: Fill, now: number): { order: VenueOrder; fill: OrderFill }[] {
  const { symbol } = market.instrument;
  return (['buy', 'sell'] as const).flatMap((side) => {
    const { id, owner } = fill[side];
    if (owner !== HOUSE) {
      const order = exchange.store.byId(id);
      return [{ order, fill: fillOrder(exchange, order, fill, now) }];
    }
    exchange.ledger.bookHouse({ symbol, side, price: fill.price, quantity: fill.quantity });
    return [];
  });
}

function fillOrder(exchange: Exchange, order: VenueOrder, { price, quantity }: Fill, now: number): OrderFill {
  const { markets, rules, sessions, ledger, day } = exchange;
  const { symbol, side } = order;
  const settlementDay = sessions.tradingDayAfter(day, 2);
  order.open -= quantity;
  order.filled += quantity;
  order.filledAmount += price * quantity;
  // Fee and tax are cut to the won on the order's total, so partial fills cost no more than one.
  const fee = rules.commission(order.filledAmount) - order.fee;
  const isTaxed = side === 'sell';
  const tax = isTaxed ? rules.tax(markets.get(symbol)!.instrument, day, settlementDay, order.filledAmount) - order.tax : 0;
  order.fee += fee;
  order.tax += tax;
  exchange.tellBeforeFill(order, now);
  ledger.book(ledger.accounts.get(order.accountId)!, { symbol, side, price, quantity, fee, tax, day, settlementDay });
  if (order.open === 0) order.status = 'filled';
  reserve(exchange, order);
  const fill: OrderFill = { price, quantity, time: seoulTime(now + exchange.skewMs), fee, tax };
  order.fills.push(fill);
  return fill;
}

/** Shares that leave an order without trading. */
export function takeOut(exchange: Exchange, order: VenueOrder, quantity: number, how: 'cancelled' | 'replaced'): void {
  order.open -= quantity;
  if (how === 'cancelled') order.cancelled += quantity;
  if (order.open === 0) order.status = how;
  reserve(exchange, order);
}

/** Keeps back what the open part of an order may still cost: cash of a buy, shares of a sale. */
export function reserve({ rules, ledger }: Exchange, order: VenueOrder): void {
  const cash = reservation(rules, order);
  const shares = order.side === 'sell' ? order.open : 0;
  ledger.reserve(order.id, { accountId: order.accountId, symbol: order.symbol, cash, shares });
}
