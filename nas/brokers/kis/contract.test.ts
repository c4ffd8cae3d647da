import type { Price } from '#domain/money.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import { describeBroker } from '#nas/brokers/contract.ts';
import { startTinyKis } from './testing/tiny-kis.ts';
import { brokerOn, CREDENTIALS } from './testing/wire-server.ts';

describeBroker('kis on a tiny venue', async () => {
  const venue = await startTinyKis('20261120', '005930', `${CREDENTIALS.accountNumber}01`);
  const { broker } = brokerOn(venue.restUrl, { endpoints: { restUrl: venue.restUrl, wsUrl: venue.wsUrl } });
  return {
    broker,
    day: '2026-11-20' as TradingDay,
    symbol: '005930' as Symbol,
    restingPrice: 60_000 as Price,
    otherPrice: 59_000 as Price,
    offTickPrice: 60_050 as Price,
    sellInto: async (quantity) => venue.sellInto(quantity),
    quoteBothSides: async () => {},
    stop: () => venue.stop(),
  };
});
