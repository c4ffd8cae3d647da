import type { Exchange } from './exchange.ts';
import type { FaultBook } from './faults/faults.ts';
import { depthOf } from './kis/depth.ts';

/** Everything the venue knows to be true, for whoever has to judge the other side. Never shown over the brokers' wire. */
export function judgeView(exchange: Exchange, faults: FaultBook) {
  const { ledger } = exchange;
  exchange.markResting();
  return {
    day: exchange.day,
    phase: exchange.phase,
    eventHash: exchange.eventHash(),
    faultsStruck: { ...faults.struck },
    accounts: [...ledger.accounts.values()].map((account) => ({
      id: account.id,
      settledCash: account.settledCash,
      cashD2: ledger.cash(account),
      orderableCash: ledger.orderableCash(account),
      reservedCash: ledger.reservedCash(account),
      holdings: [...account.holdings].map(([symbol, { quantity, purchaseAmount }]) => ({
        symbol,
        quantity,
        purchaseAmount,
        sellable: ledger.sellable(account, symbol),
      })),
      orders: exchange.orders.filter((order) => order.accountId === account.id).map((order) => ({ ...order, fills: [...order.fills] })),
    })),
    books: [...exchange.markets.values()].map((market) => {
      const { asks, bids } = depthOf(market);
      const { open, high, low, volume } = market.stats;
      return { symbol: market.instrument.symbol, last: market.lastPrice, base: market.basePrice, open, high, low, volume, asks, bids };
    }),
  };
}
export type JudgeView = ReturnType<typeof judgeView>;
