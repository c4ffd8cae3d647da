import type { ListedSymbol } from '#nas/trading/testing/list-market.ts';
import type { RequestFault } from '#nas/venue/faults/faults.ts';
import { SYNTHETIC_INSTRUMENTS } from '#nas/venue/market/instruments.ts';
import type { ProvisionInput } from '#nas/venue/provision.ts';
import { startVenue } from '#nas/venue/venue.ts';
import { serve } from '#scripts/chaos/rpc.ts';
import type { VenueConfig } from './process.ts';

/** Enough for quotes, slots and orders of several symbols; each costs a background market. */
const SYMBOLS = 8;
const EVENTS_PER_SECOND = 0.2;

/** An exchange that keeps KRX's hours on the run's days, with a market that moves by itself. */
export async function openVenue({ closedDays }: VenueConfig): Promise<void> {
  const venue = await startVenue({
    marketHours: 'krx',
    closedDays,
    eventsPerSecond: EVENTS_PER_SECOND,
    instruments: SYNTHETIC_INSTRUMENTS.slice(0, SYMBOLS),
    requestsPerSecond: { paper: 18, real: 18 },
  });
  serve({
    addresses: () => ({ rest: venue.restUrl, ws: venue.wsUrl }),
    listed: (): ListedSymbol[] =>
      [...venue.exchange.markets.values()].map(({ instrument, basePrice, upperLimit, lowerLimit }) => {
        return { ...instrument, basePrice, upperLimit, lowerLimit };
      }),
    provision: (account: ProvisionInput) => void venue.provision(account),
    disturbRequests: (fault: RequestFault) => venue.faults.onRequest(fault),
    disturbSockets: (what: 'silence' | 'cut') => venue.disturbSockets(what),
    lastPrice: (symbol: string) => venue.exchange.markets.get(symbol)!.lastPrice,
  });
}
