import { expect, vi } from 'vitest';
import type { Price } from '#domain/money.ts';
import type { TradingDay } from '#domain/order/order.ts';
import { EVENTUALLY } from '#lib/testing/eventually.ts';
import { describeBroker } from '#nas/brokers/contract.ts';
import { openPaperDesk, PAPER_SYMBOL } from './testing/paper-desk.ts';

/** The market prints this much beyond a resting price for each share of ours that is to fill. */
const PRINTED_A_SHARE = 10;

describeBroker('paper', async () => {
  const desk = await openPaperDesk();
  return {
    broker: desk.start(),
    day: desk.day as TradingDay,
    symbol: PAPER_SYMBOL,
    restingPrice: 29_000 as Price,
    otherPrice: 28_900 as Price,
    offTickPrice: 29_001 as Price,
    async sellInto(quantity) {
      // What is printed before an order has met the market counts as traded before it.
      const waiting = () => desk.database.pool.query('select 1 from public.paper_orders where seen_volume is null');
      await vi.waitFor(async () => expect((await waiting()).rowCount).toBe(0), EVENTUALLY);
      desk.quotes.print(28_950, quantity * PRINTED_A_SHARE);
    },
    quoteBothSides: async (quantity) => desk.quotes.show(30_100, 29_900, quantity),
    stop: () => desk.stop(),
  };
});
