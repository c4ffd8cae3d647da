import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commission, settlementDay, transactionTax } from '#domain/market/fees-and-tax.ts';
import type { Price, Shares } from '#domain/money.ts';
import type { TradingDay } from '#domain/order/order.ts';
import { EVENTUALLY } from '#lib/testing/eventually.ts';
import type { Broker, NewBrokerOrder } from '#nas/brokers/port.ts';
import type { MarketQuote } from './quotes.ts';
import { openPaperDesk, PAPER_SYMBOL } from './testing/paper-desk.ts';

type Desk = Awaited<ReturnType<typeof openPaperDesk>>;
let desk: Desk;
let open: Broker[];
beforeEach(async () => {
  desk = await openPaperDesk();
  open = [];
});
afterEach(async () => {
  for (const broker of open) await broker.close();
  await desk.stop();
});

const start = (lease: { token: number } | null = null): Broker => {
  const broker = desk.start(lease);
  open.push(broker);
  return broker;
};
const anOrder = (over: Partial<NewBrokerOrder> = {}): NewBrokerOrder => ({
  symbol: PAPER_SYMBOL,
  side: 'buy',
  quantity: 10 as Shares,
  priceType: 'limit',
  timeInForce: 'day',
  limitPrice: 29_000 as Price,
  venue: 'KRX',
  ...over,
});
const market = (over: Partial<NewBrokerOrder> = {}) => anOrder({ priceType: 'market', limitPrice: null, ...over });
const listed = async (broker: Broker) => broker.ordersOn(desk.day as TradingDay);
async function accepted(broker: Broker, order: NewBrokerOrder): Promise<string> {
  const outcome = await broker.submit(order);
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.brokerOrderId;
}
const filled = (broker: Broker, quantity: number) =>
  vi.waitFor(async () => expect((await listed(broker)).map((row) => row.cumQuantity as number)).toEqual([quantity]), EVENTUALLY);
/** Resolves when the broker has looked at everything it was shown so far. */
const settled = (broker: Broker) => broker.close();
const count = async (table: string) => Number((await desk.database.pool.query(`select count(*) from public.${table}`)).rows[0].count);

describe('a process that dies', () => {
  test('after taking an order leaves it to the next one, which fills it once', async () => {
    const first = start();
    await accepted(first, anOrder());
    await first.close();
    const second = start();
    const third = start();
    await vi.waitFor(async () => {
      desk.quotes.say({});
      const { rows } = await desk.database.pool.query('select seen_volume from public.paper_orders');
      expect(rows).toEqual([{ seen_volume: '10000' }]);
    }, EVENTUALLY);
    desk.quotes.print(28_950, 40);
    await filled(second, 4);
    await Promise.all([settled(second), settled(third)]);
    expect(await count('paper_fills')).toBe(1);
  });

  test('and comes back is not the owner any more: it takes and matches nothing', async () => {
    const lost = start({ token: 7 });
    expect(await lost.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'lease_lost' });
    expect(await count('paper_orders')).toBe(0);
  });
});

describe('money', () => {
  test('a buy pays commission, a sale commission and the tax of its settlement day, and both settle on the second open day', async () => {
    const broker = start();
    desk.quotes.show(30_100, 29_900, 10);
    await accepted(broker, market());
    await filled(broker, 10);
    const paid = 301_000 + commission(301_000, 0.00014053);
    expect(await broker.balance()).toMatchObject({ cash: 100_000_000, cashD1: 100_000_000, cashD2: 100_000_000 - paid });
    const settles = settlementDay(desk.day);
    await accepted(broker, market({ side: 'sell' }));
    await vi.waitFor(async () => expect(await count('paper_fills')).toBe(2), EVENTUALLY);
    const tax = transactionTax(299_000, { market: 'KOSPI', kind: 'stock', settlementDay: settles });
    const got = 299_000 - commission(299_000, 0.00014053) - tax;
    const feesAndTaxToday = paid - 301_000 + 299_000 - got;
    expect(await broker.balance()).toMatchObject({ cashD2: 100_000_000 - paid + got, feesAndTaxToday });
    const { rows } = await desk.database.pool.query('select distinct settle_day::text from public.paper_fills');
    expect(rows).toEqual([{ settle_day: settles }]);
  });

  test('working buys hold their price and commission back, and a cancel gives it free', async () => {
    const broker = start();
    const before = (await broker.buyingPower({ symbol: PAPER_SYMBOL, priceType: 'market', limitPrice: null })).amount;
    const brokerOrderId = await accepted(broker, anOrder({ quantity: 100 as Shares }));
    const power = () => broker.buyingPower({ symbol: PAPER_SYMBOL, priceType: 'limit', limitPrice: 29_000 as Price });
    expect((await power()).amount).toBe(before - 2_900_000 - 408); // 407.5 won, rounded up
    await broker.cancel({ ...anOrder({ quantity: 100 as Shares }), brokerOrderId, branch: '' });
    expect((await power()).amount).toBe(before);
  });

  test('what a working sale has promised cannot be sold again', async () => {
    const broker = start();
    desk.quotes.show(30_100, 29_900, 10);
    await accepted(broker, market());
    await filled(broker, 10);
    await accepted(broker, anOrder({ side: 'sell', quantity: 7 as Shares, limitPrice: 31_000 as Price }));
    expect(await broker.sellable(PAPER_SYMBOL)).toBe(3);
    expect(await broker.submit(market({ side: 'sell', quantity: 4 as Shares }))).toMatchObject({ kind: 'rejected', code: 'PAPER-SHARES' });
  });
});

describe('the market', () => {
  test('two orders do not take the same shown shares twice', async () => {
    const broker = start();
    desk.quotes.show(30_100, 29_900, 10);
    await accepted(broker, market({ quantity: 8 as Shares }));
    await accepted(broker, market({ quantity: 8 as Shares }));
    await vi.waitFor(async () => expect((await listed(broker)).map((row) => row.cumQuantity)).toEqual([8, 2]), EVENTUALLY);
  });

  const refusals: { why: string; code: string; say?: Partial<MarketQuote>; order?: Partial<NewBrokerOrder> }[] = [
    { why: 'a halted symbol', say: { isHalted: true }, code: 'PAPER-HALT' },
    { why: 'a delisted symbol', say: { isListed: false }, code: 'PAPER-SYMBOL' },
    { why: 'a price above the upper limit', order: { limitPrice: 39_050 as Price }, code: 'PAPER-LIMIT' },
    { why: 'a best-price order without a book', say: { book: null }, order: { priceType: 'best', limitPrice: null }, code: 'PAPER-BOOK' },
  ];
  test.each(refusals)('refuses $why with its reason', async ({ say = {}, order, code }) => {
    const broker = start();
    desk.quotes.say(say);
    expect(await broker.submit(anOrder(order))).toMatchObject({ kind: 'rejected', code });
  });

  test('a closed market takes nothing', async () => {
    await desk.database.pool.query('delete from public.market_calendar');
    expect(await start().submit(anOrder())).toMatchObject({ kind: 'rejected', code: 'PAPER-SESSION' });
  });

  test('nothing is matched against a quote of another day, nor against a book nobody has heard lately', async () => {
    const broker = start();
    desk.quotes.say({ tradedAt: new Date(Date.now() - 86_400_000) });
    await accepted(broker, market());
    await settled(broker);
    expect(await count('paper_fills')).toBe(0);
    const next = start();
    desk.quotes.say({ heardAt: new Date(Date.now() - 60_000) });
    await vi.waitFor(async () => {
      desk.quotes.say({ heardAt: new Date(Date.now() - 60_000) });
      expect((await desk.database.pool.query('select seen_volume from public.paper_orders')).rows).toEqual([{ seen_volume: '10000' }]);
    }, EVENTUALLY);
    expect(await count('paper_fills')).toBe(0);
    await expect(next.quote(PAPER_SYMBOL)).rejects.toMatchObject({ code: 'broker_unavailable' });
  });

  test('an opening auction fills everybody at its one price', async () => {
    await desk.database.pool.query(`update public.market_calendar set session = 'open_auction'`);
    await desk.database.pool.query(
      `insert into public.market_calendar (market, day, session, order_from, open_at, close_at, source)
       select market, day, 'regular', close_at, close_at, close_at + interval '1 hour', source from public.market_calendar`,
    );
    const broker = start();
    desk.quotes.say({ tradedAt: new Date(Date.now() - 86_400_000), volume: 0 });
    await accepted(broker, market());
    await vi.waitFor(
      async () =>
        expect((await desk.database.pool.query('select seen_volume from public.paper_orders')).rows).toEqual([{ seen_volume: '0' }]),
      EVENTUALLY,
    );
    desk.quotes.say({ last: 30_300, volume: 500, phase: 'auction' });
    await filled(broker, 10);
    expect((await listed(broker))[0]!.cumAmount).toBe(303_000);
  });
});

describe('an account without keys', () => {
  const change = (sql: string) => desk.database.pool.query(`update public.broker_accounts set ${sql} where id = $1`, [desk.accountId]);
  test.each([`is_paper_account = false`, `broker_type = 'kis'`, `encrypted_credentials = '{"v":1}'`])(
    'never becomes another one: %s is refused',
    async (sql) => {
      await expect(change(sql)).rejects.toThrow(/never trades real money/);
    },
  );

  test('is opened once however often it is asked for, and not with other people’s or other money', async () => {
    const ask = (cash: number, userId = desk.userId) =>
      desk.database.asUser(userId, (client) =>
        client.query('select public.open_paper_account($1, $2, $3)', [desk.accountId, '가상', cash]),
      );
    await ask(100_000_000);
    expect(await count('paper_accounts')).toBe(1);
    await expect(ask(200_000_000)).rejects.toThrow(/exists already/);
    for (const cash of [0, 999_999, 1_000_000.5, 10_000_000_001]) await expect(ask(cash)).rejects.toThrow();
  });
});
