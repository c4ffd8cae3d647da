import type { ListedSymbol } from '#nas/trading/testing/list-market.ts';
import type { RequestFault } from '#nas/venue/faults/faults.ts';
import type { PlanEntry } from '#nas/venue/faults/plan.ts';
import type { Instrument } from '#nas/venue/market/instruments.ts';
import type { ProvisionInput } from '#nas/venue/provision.ts';
import { startVenue } from '#nas/venue/venue.ts';
import { serve } from '../rpc.ts';
import type { VenueConfig } from './process.ts';

/** What KIS allows: 18 calls a second on real. Paper's 1 a second would make a run of hours, so paper is given the same. */
const CALLS_PER_SECOND = 18;
/** Another client takes its orders back after this long. */
const FOREIGN_LIVES_MS = 20_000;

/** The exchange of the run: nobody trades there but the run's accounts, the script's counterparties and the other clients it plays. */
export async function openVenue({ seed, symbols }: VenueConfig): Promise<void> {
  const venue = await startVenue({
    seed,
    marketHours: 'always',
    eventsPerSecond: 0,
    requestsPerSecond: { paper: CALLS_PER_SECOND, real: CALLS_PER_SECOND },
    instruments: symbols.map(instrumentOf),
  });
  const { exchange, faults } = venue;
  const seenAt = new Map<number, number>();
  setInterval(() => {
    const now = venue.clock.now();
    for (const order of exchange.orders) {
      if (!order.isForeign || order.status !== 'working') continue;
      if (!seenAt.has(order.id)) seenAt.set(order.id, now);
      if (now - seenAt.get(order.id)! < FOREIGN_LIVES_MS) continue;
      exchange.cancel(exchange.ledger.accounts.get(order.accountId)!, order.orderNumber, 'all', now);
    }
  }, 2_000);
  serve({
    addresses: () => ({ rest: venue.restUrl, ws: venue.wsUrl }),
    listed: (): ListedSymbol[] =>
      [...exchange.markets.values()].map(({ instrument, basePrice, upperLimit, lowerLimit }) => {
        return { ...instrument, basePrice, upperLimit, lowerLimit };
      }),
    provision: (accounts: readonly ProvisionInput[]) => {
      for (const account of accounts) venue.provision(account);
    },
    plan: (entries: readonly PlanEntry[]) => {
      for (const entry of entries) faults.plan.add(entry);
    },
    disturb: (requests: readonly RequestFault[]) => {
      for (const request of requests) faults.onRequest(request);
    },
    judge: () => venue.judge(),
    numbers: (look: { account: string; symbol: string; side: string; quantity: number }) =>
      exchange.orders
        .filter((o) => o.accountId === look.account && o.symbol === look.symbol && o.side === look.side && o.quantity === look.quantity)
        .filter((o) => o.action === 'new')
        .map(({ orderNumber, isForeign }) => ({ orderNumber, isForeign })),
    struck: () => {
      const orders = faults.strikes
        .filter(({ kind }) => kind !== 'fill')
        .map(({ account, symbol, side, quantity, price, occurrence }) => [account, symbol, side, quantity, price, occurrence].join('|'));
      return { byKind: faults.struck, orders: new Set(orders).size };
    },
    foreign: () => exchange.orders.filter(({ isForeign, action }) => isForeign && action === 'new').length,
  });
}

function instrumentOf(symbol: string): Instrument {
  return {
    symbol,
    nameKo: `혼돈${symbol}`,
    nameEn: `Chaos ${symbol}`,
    market: 'KOSPI',
    kind: 'stock',
    sectorKo: '화학',
    sectorEn: 'chemical',
    startPrice: 48_000,
    dailyVolume: 1_000_000,
    volatility: 0.01,
    listedShares: 180_000_000,
  };
}
