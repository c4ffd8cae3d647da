import { afterEach, describe, expect, test } from 'vitest';
import type { Shares } from '#domain/money.ts';
import { type BrokerUnderTest, describeBroker } from '#nas/brokers/contract.ts';
import { VARIANTS, type VariantName, type Variants } from '#nas/venue/variants.ts';
import { kisOnTheVenue } from './testing/on-the-venue.ts';

/**
 * Readings under which KIS would refuse what we send or not tell us enough: the contract cannot hold, but no wrong belief may follow.
 */
const UNWORKABLE: Readonly<Partial<Variants>> = {
  hashkey: 'required',
  quantityOfWhole: 'remainder',
  paperRows: 'absent',
  emptyBalance: 'no_row',
  bookFields: '60_fourth',
};
/** Inquiries that lag are waited for; the venue's clock runs fast enough for that. */
const FACTOR = 20;

/** The nth reading of every item at once; the last workable one of those that have fewer. */
const world = (n: number): Partial<Variants> =>
  Object.fromEntries(
    Object.entries(VARIANTS).map(([name, values]) => [
      name,
      values
        .filter((value) => UNWORKABLE[name as VariantName] !== value)
        .slice(0, n + 1)
        .at(-1),
    ]),
  ) as Partial<Variants>;

describe.each(['paper', 'real'] as const)('KIS %s, every disputed item read the other way', (environment) => {
  for (const n of [1, 2]) {
    describeBroker(`kis ${environment}, reading ${n + 1} of each item,`, () =>
      kisOnTheVenue(environment, { variants: world(n), factor: FACTOR }),
    );
  }
});

describe('readings that our requests do not satisfy', () => {
  let it: BrokerUnderTest;
  afterEach(async () => {
    await it.broker.close();
    await it.stop();
  });
  const buy = () => ({
    symbol: it.symbol,
    side: 'buy' as const,
    quantity: 10 as Shares,
    priceType: 'limit' as const,
    timeInForce: 'day' as const,
    limitPrice: it.restingPrice,
    venue: 'KRX' as const,
  });

  test('a required hashkey: the order is refused for certain, and nothing rests', async () => {
    it = await kisOnTheVenue('paper', { variants: { hashkey: 'required' } });
    expect(await it.broker.submit(buy())).toMatchObject({ kind: 'rejected', code: 'EGW00131' });
    expect(await it.broker.ordersOn(it.day)).toEqual([]);
  });

  test('a cancel of the whole that must name its shares is refused for certain, and the order goes on', async () => {
    it = await kisOnTheVenue('paper', { variants: { quantityOfWhole: 'remainder' } });
    const order = await it.broker.submit(buy());
    if (order.kind !== 'accepted') throw new Error(order.kind);
    expect(await it.broker.cancel({ ...buy(), brokerOrderId: order.brokerOrderId, branch: order.branch })).toMatchObject({
      kind: 'rejected',
    });
    expect(await it.broker.ordersOn(it.day)).toMatchObject([{ leavesQuantity: 10 }]);
  });

  test('paper without rows: nothing is listed, and the holding tells the fill', async () => {
    it = await kisOnTheVenue('paper', { variants: { paperRows: 'absent' } });
    const order = await it.broker.submit(buy());
    expect(order.kind).toBe('accepted');
    await it.sellInto(10);
    expect(await it.broker.ordersOn(it.day).catch(() => [])).toEqual([]);
    expect((await it.broker.balance()).holdings).toMatchObject([{ symbol: it.symbol, quantity: 10 }]);
  });

  test('a balance without a cash row: an empty account is believed to have no cash, never more than it has', async () => {
    it = await kisOnTheVenue('paper', { variants: { emptyBalance: 'no_row' } });
    expect(await it.broker.balance()).toMatchObject({ holdings: [], cashD2: 0 });
  });

  test('a book whose new field stands elsewhere is not read at all', async () => {
    it = await kisOnTheVenue('real', { variants: { bookFields: '60_fourth' } });
    await it.quoteBothSides(10);
    const seen: string[] = [];
    const stream = it.broker.openStream(
      { onBook: () => void seen.push('book'), onTrade: () => void seen.push('trade'), onState: (state) => void seen.push(state) },
      { notices: false },
    );
    stream.setRegistrations([
      { symbol: it.symbol, kind: 'trade' },
      { symbol: it.symbol, kind: 'book' },
    ]);
    await expect.poll(() => seen).toContain('live');
    await it.quoteBothSides(10);
    const market = { ...buy(), priceType: 'market' as const, limitPrice: null };
    expect(await it.broker.submit(market)).toMatchObject({ kind: 'accepted' });
    await expect.poll(() => seen).toContain('trade');
    expect(seen).not.toContain('book');
    await stream.close();
  });

  test('a cancel told only on its own request: the order is cancelled as far, and its fills stand', async () => {
    it = await kisOnTheVenue('real', { variants: { cancelToldOn: 'request' } });
    const order = await it.broker.submit(buy());
    if (order.kind !== 'accepted') throw new Error(order.kind);
    await it.sellInto(4);
    expect(await it.broker.cancel({ ...buy(), brokerOrderId: order.brokerOrderId, branch: order.branch })).toMatchObject({
      kind: 'accepted',
    });
    const listed = (await it.broker.ordersOn(it.day)).find((one) => one.brokerOrderId === order.brokerOrderId);
    expect(listed).toMatchObject({ cumQuantity: 4, leavesQuantity: 0, cancelledQuantity: 6 });
  });
});
