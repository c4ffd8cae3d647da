import { leavesOf, type Symbol } from '#domain/order/order.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { BrokerBalance } from '#nas/brokers/port.ts';
import { TIMING } from '../timing.ts';
import type { AccountContext } from './context.ts';

export interface HoldingSync {
  /** The broker's cash and shares into our rows; a failed read changes nothing. Resolves with what was told, or null when the read failed. */
  sync(probe: Symbol | null): Promise<BrokerBalance | null>;
}

/**
 * Writes what a balance tells. A holding told as before and equal to ours is written once a minute only: that is often enough to close
 * a break or to see what others changed in the rows, and an account may hold a hundred symbols.
 */
export function createHoldingSync(context: AccountContext): HoldingSync {
  const { accountId, broker, repo, clock, log } = context;
  const written = new Map<Symbol, string>();
  let allWrittenAt = Number.NEGATIVE_INFINITY;

  async function sync(probe: Symbol | null): Promise<BrokerBalance> {
    const asOf = new Date(clock.wall());
    const ours = new Map((await repo.positions(accountId)).map(({ symbol, quantity }) => [symbol, quantity]));
    let balance = await broker.balance();
    // Nothing where there was something is a failed read until it was said twice (ORDERS §4).
    if (balance.holdings.length === 0 && ours.size > 0) balance = await broker.balance();
    const orderable = probe === null ? null : await buyingPower(context, probe);
    const { cash, cashD1, cashD2, netAssets } = balance;
    await repo.putBalance(accountId, { cash, cashD1, cashD2, orderable: orderable ?? Math.max(0, cashD2), netAssets, asOf });
    const isAllDue = clock.monotonic() - allWrittenAt >= TIMING.idleInquiryMs;
    for (const holding of balance.holdings) {
      const told = JSON.stringify(holding);
      if (!isAllDue && ours.get(holding.symbol) === holding.quantity && written.get(holding.symbol) === told) continue;
      await repo.putHolding(accountId, holding);
      written.set(holding.symbol, told);
    }
    const listed = new Set<string>(balance.holdings.map((holding) => holding.symbol));
    for (const symbol of ours.keys()) if (!listed.has(symbol)) await repo.putHolding(accountId, { ...NOTHING, symbol });
    if (isAllDue) allWrittenAt = clock.monotonic();
    return balance;
  }

  return {
    sync: (probe) =>
      sync(probe).catch((error) => {
        log.warn({ err: error }, 'balance could not be read');
        return null;
      }),
  };
}

const NOTHING = { name: null, quantity: 0, sellableQuantity: 0, purchaseAmount: 0, boughtToday: 0, soldToday: 0, lastPrice: null };

/** KIS tells orderable cash only for a symbol; any will do for the amount without 미수. */
async function buyingPower({ broker, log }: AccountContext, symbol: Symbol): Promise<number | null> {
  try {
    const { amount } = await broker.buyingPower({ symbol, priceType: 'market', limitPrice: null });
    return amount;
  } catch (error) {
    log.warn({ err: error }, 'orderable cash could not be read');
    return null;
  }
}

/**
 * Whether cash or shares are as they would be if this unknown order did not exist: an order at the broker holds its money or
 * its shares there. A read that fails, or a difference that could hide the order, proves nothing.
 */
export async function ledgerAgrees(context: AccountContext, order: OrderRow, orders: readonly OrderRow[]): Promise<boolean> {
  const others = orders.filter((other) => other.id !== order.id && other.side === order.side && other.brokerOrderId !== null);
  const { broker, repo, accountId, log } = context;
  try {
    if (order.side === 'sell') {
      const [{ holdings }, positions] = [await broker.balance(), await repo.positions(accountId)];
      const held = positions.find((position) => position.symbol === order.symbol)?.quantity ?? 0;
      const working = others.filter((other) => other.symbol === order.symbol).reduce((sum, other) => sum + leavesOf(other), 0);
      return (holdings.find((holding) => holding.symbol === order.symbol)?.sellableQuantity ?? 0) === held - working;
    }
    const { amount, reckonedPrice } = await broker.buyingPower({
      symbol: order.symbol,
      priceType: order.priceType,
      limitPrice: order.price,
    });
    const [{ cashD2, holdings }, positions] = [await broker.balance(), await repo.positions(accountId)];
    const heldBy = (list: readonly { readonly symbol: string; readonly quantity: number }[]) =>
      list.find(({ symbol }) => symbol === order.symbol)?.quantity ?? 0;
    // A filled buy holds no money back any more, but it has brought shares.
    if (heldBy(holdings) !== heldBy(positions)) return false;
    const working = others.reduce((sum, other) => sum + (other.price ?? reckonedPrice) * leavesOf(other), 0);
    const held = (order.price ?? reckonedPrice) * order.quantity;
    // The broker's fees on resting buys are an estimate of its own.
    const feeSlack = Math.ceil((working + held) * FEE_SLACK);
    return feeSlack * 2 < held && Math.abs(amount - (cashD2 - working)) <= feeSlack;
  } catch (error) {
    log.warn({ err: error, orderId: order.id }, 'ledger check could not be made');
    return false;
  }
}

/** Above every commission a broker asks for stock orders, as a fraction. */
const FEE_SLACK = 0.005;
