import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instrumentKind, market } from '#domain/market/instrument.ts';
import { tickEras, tickSize, tickTable } from '#domain/market/ticks.ts';
import { publishTickBands } from '#lib/db/fleet/rule-book.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, openMarket, refusalOf, SHARE } from './arrange.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  await publishTickBands(db.pool); // as a start does: the rule book has learned older days since the first rows were written
});
afterAll(() => db?.drop());

describe('tick bands', () => {
  const cases = market.options.flatMap((board) => instrumentKind.options.map((kind) => ({ kind, board })));

  test.each(cases)('of $kind on $board equal the domain’s, era by era', async ({ kind, board }) => {
    const { rows } = await db.pool.query(
      `select valid_from::text as since, json_agg(json_build_object('from', price_from::int, 'tick', tick::int) order by price_from) as bands
       from tick_bands where kind = $1 and market = $2 group by 1 order by 1 desc`,
      [kind, board],
    );
    expect(rows).toEqual(tickEras(kind, board).map(({ since, bands }) => ({ since, bands })));
  });

  test.each(cases)(
    'give $kind on $board the domain’s tick on and around every bound of every day they changed',
    async ({ kind, board }) => {
      for (const era of tickEras(kind, board)) {
        const day = era.since;
        for (const price of era.bands.flatMap(({ from }) => [from - 1, from, from + 1]).filter((p) => p > 0)) {
          const { rows } = await db.pool.query('select private.tick_at($1, $2, $3, $4)::int as tick', [kind, board, day, price]);
          expect(rows[0].tick, `${day} ${price}`).toBe(tickSize(price, tickTable({ day, kind, market: board })));
        }
      }
    },
  );
});

describe('quotes', () => {
  const watch = (user: string, codes: readonly string[], books: readonly string[] = []) =>
    db.asUser(user, (client) => client.query('select watch_quotes($1, $2)', [codes, books]));
  const publish = async (): Promise<number> => {
    await db.pool.query(`update private.quote_publication set sent_at = '-infinity'`);
    return (await db.pool.query('select publish_quotes() as n')).rows[0].n;
  };
  const heard = async (user: string) =>
    (await db.pool.query(`select event, payload from realtime.messages where topic = $1 order by inserted_at`, [`user:${user}:quotes`]))
      .rows;
  const quote = (price: number, feed = 'shared') =>
    db.pool.query(
      `insert into quotes (feed, stock_code, last_price, book) values ($1, $2, $3, '{"asks":[]}')
       on conflict (feed, stock_code) do update set last_price = excluded.last_price, heard_at = now()`,
      [feed, SHARE.code, price],
    );

  test('go to who looks, once, changed ones only, the book only where it was asked for', async () => {
    const [looks, looksDeep, looksAway] = [await aTrader(db), await aTrader(db), await aTrader(db)];
    await watch(looks, [SHARE.code, 'ZZZZZZ']);
    await watch(looksDeep, [], [SHARE.code]);
    await quote(70_100);
    expect(await publish()).toBe(2);
    await quote(70_100); // heard again, not changed
    expect(await publish()).toBe(0);
    const [message] = await heard(looks);
    expect(message).toMatchObject({
      event: 'quotes',
      payload: { quotes: [{ stock_code: SHARE.code, last_price: 70_100 }], at: expect.any(String) },
    });
    expect(message.payload.quotes[0]).not.toHaveProperty('book');
    expect((await heard(looksDeep))[0].payload.quotes[0].book).toEqual({ asks: [] });
    expect(await heard(looksAway)).toEqual([]);
  });

  test('are sent at most once a second, whoever calls', async () => {
    await quote(70_200);
    await db.pool.query(`update private.quote_publication set sent_at = clock_timestamp()`);
    expect((await db.pool.query('select publish_quotes() as n')).rows[0].n).toBe(0);
  });

  test('stop when the interest is 30 s old', async () => {
    const user = await aTrader(db);
    await watch(user, [SHARE.code]);
    await db.pool.query(`update quote_interest set expires_at = now() - interval '1 second' where user_id = $1`, [user]);
    await quote(70_300);
    await publish();
    expect(await heard(user)).toEqual([]);
    expect((await db.pool.query('select 1 from quote_interest where user_id = $1', [user])).rowCount).toBe(0);
  });

  test('of a private feed reach its owner only, until it is shared', async () => {
    const [owner, other] = [await aTrader(db), await aTrader(db)];
    const account = await anAccount(db, owner);
    await db.pool.query('insert into market_feeds (broker_account_id) values ($1)', [account]);
    for (const user of [owner, other]) await watch(user, [SHARE.code]);
    await db.pool.query('delete from quotes');
    await quote(70_400, account);
    await publish();
    expect(await heard(owner)).toHaveLength(1);
    expect(await heard(other)).toEqual([]);
    const sees = async (user: string) => (await db.asUser(user, (client) => client.query('select * from quotes'))).rowCount;
    expect([await sees(owner), await sees(other)]).toEqual([1, 0]);
    await db.pool.query(`update market_feeds set scope = 'shared'`);
    await quote(70_500, account);
    await publish();
    expect(await heard(other)).toHaveLength(1);
    expect(await sees(other)).toBe(1);
  });

  test('more than a hundred symbols cannot be watched', async () => {
    const codes = Array.from({ length: 101 }, (_, n) => String(n).padStart(6, '0'));
    expect((await refusalOf(watch(await aTrader(db), codes))).code).toBe('invalid_input');
  });

  test('a new watch replaces the last one', async () => {
    const user = await aTrader(db);
    await watch(user, [SHARE.code]);
    await watch(user, []);
    expect((await db.pool.query('select 1 from quote_interest where user_id = $1', [user])).rowCount).toBe(0);
  });
});
