import { createHash } from 'node:crypto';
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
    outcomeHash: outcomeHash(exchange),
    faultsStruck: { ...faults.struck },
    strikes: [...faults.strikes],
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
      orders: exchange.store.of(account.id).map((order) => ({ ...order, fills: [...order.fills] })),
    })),
    books: [...exchange.markets.values()].map((market) => {
      const { asks, bids } = depthOf(market);
      const { open, high, low, volume } = market.stats;
      return { symbol: market.instrument.symbol, last: market.lastPrice, base: market.basePrice, open, high, low, volume, asks, bids };
    }),
  };
}

/**
 * A digest of what became of every order, without its number or time: runs in which the requests of many accounts interleave
 * differently, but every order met the same fate, have the same one.
 */
function outcomeHash({ orders }: Exchange): string {
  const fates = orders.map((order) =>
    [
      order.accountId,
      order.symbol,
      order.side,
      order.orderType,
      order.quantity,
      order.price,
      order.action,
      order.isForeign,
      order.occurrence,
      order.status,
      order.filled,
      order.filledAmount,
      order.cancelled,
      order.rejected,
    ].join('|'),
  );
  return createHash('sha256').update(fates.sort().join('\n')).digest('hex');
}

export type JudgeView = ReturnType<typeof judgeView>;
