import { stepTicks, tickTable } from '#domain/market/ticks.ts';
import type { Price } from '#domain/money.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import { createLog } from '#lib/log.ts';
import type { BrokerUnderTest } from '#nas/brokers/contract.ts';
import { acceleratedClock } from '#nas/venue/clock.ts';
import { MONDAY, PENCIL, TEN_O_CLOCK } from '#nas/venue/testing/exchange.ts';
import type { Variants } from '#nas/venue/variants.ts';
import { startVenue } from '#nas/venue/venue.ts';
import { createKisBroker } from '../broker.ts';
import { systemClock } from '../clock.ts';
import { createGovernor, ownCalls } from '../governor.ts';
import { memoryTokenStore } from '../token-store.ts';
import type { KisEnvironment } from '../tr-ids.ts';
import { CREDENTIALS } from './wire-server.ts';

/** Resting orders stand this many ticks from the base price; both sides are quoted two ticks from it. */
const FAR = 20;
const NEAR = 2;
const LOG = createLog('contract', 'fatal');

/** The KIS adapter on a venue of its own, in the regular session of a Monday, with one share and one account. */
export async function kisOnTheVenue(
  environment: KisEnvironment,
  given: { variants?: Partial<Variants>; factor?: number } = {},
): Promise<BrokerUnderTest> {
  const venue = await startVenue({
    clock: acceleratedClock(TEN_O_CLOCK, given.factor ?? 1),
    marketHours: 'krx',
    instruments: [PENCIL],
    eventsPerSecond: 0,
    tokenPause: false,
    requestsPerSecond: { paper: 1_000, real: 1_000 },
    variants: given.variants ?? {},
  });
  const { htsId = '', ...credentials } = CREDENTIALS;
  venue.provision({ ...credentials, htsId, environment, cash: 100_000_000 });
  const clock = { ...systemClock, now: () => venue.clock.now() };
  const broker = createKisBroker({
    credentials: CREDENTIALS,
    environment,
    endpoints: { restUrl: venue.restUrl[environment], wsUrl: venue.wsUrl[environment] },
    tokenStore: memoryTokenStore(),
    governor: createGovernor({ source: ownCalls({ requestsPerSecond: 1_000, clock: systemClock }), clock: systemClock }),
    clock,
    log: LOG,
  });
  const market = venue.exchange.markets.get(PENCIL.symbol)!;
  const table = tickTable({ day: MONDAY, kind: PENCIL.kind, market: PENCIL.market });
  const price = (ticks: number) => stepTicks(market.basePrice, ticks, table);
  const house = (side: 'buy' | 'sell', quantity: number, at: number) =>
    void venue.exchange.submitHouse(market, { side, kind: 'limit', price: at, quantity, timeInForce: 'day' }, venue.clock.now());
  return {
    broker,
    day: MONDAY as TradingDay,
    symbol: PENCIL.symbol as Symbol,
    restingPrice: price(-FAR) as Price,
    otherPrice: price(-2 * FAR) as Price,
    offTickPrice: (price(-FAR) + 1) as Price,
    sellInto: async (quantity) => house('sell', quantity, price(-FAR)),
    quoteBothSides: async (quantity) => {
      house('sell', quantity, price(NEAR));
      house('buy', quantity, price(-NEAR));
    },
    stop: () => venue.stop(),
  };
}
