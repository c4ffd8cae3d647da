import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeBarChunk } from '#domain/market/bar-chunk.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { publishKrxCalendar } from '#lib/db/fleet/rule-book.ts';
import { createLog } from '#lib/log.ts';
import { createTestUser } from '#lib/testing/database.ts';
import { createKisBroker } from '#nas/brokers/kis/broker.ts';
import { systemClock } from '#nas/brokers/kis/clock.ts';
import { createGovernor, ownCalls } from '#nas/brokers/kis/governor.ts';
import { memoryTokenStore } from '#nas/brokers/kis/token-store.ts';
import type { BrokerStream } from '#nas/brokers/port.ts';
import { type Desk, OTHER_SYMBOL, openDesk, SYMBOL, until } from '#nas/trading/testing/desk.ts';
import { fixedClock } from '#nas/venue/clock.ts';
import type { Bar } from '#nas/venue/market/market-state.ts';
import { seoulInstant } from '#nas/venue/seoul-time.ts';
import { minuteBarsOf } from './chunks.ts';
import { FEED_TIMING, type MarketFeed, startFeed } from './feed.ts';
import { marketMetrics } from './metrics.ts';
import { minuteOf } from './minute-bars.ts';
import { marketStore } from './store.ts';

const FRIDAY = '2026-11-20';
const MONDAY = '2026-11-23';
const MINUTE = 60_000;
/** Waits of the adapter pass this much faster: 15 s of silence are half a second. */
const FASTER = 30;
const log = createLog('market', 'fatal');
const credentials = {
  appKey: 'PSfeedkey0123456789',
  appSecret: 'feedsecret0123456789',
  accountNumber: '50999999',
  productCode: '01',
};

const clock = fixedClock(seoulInstant(FRIDAY, 600));
let desk: Desk;
let pool: ReturnType<typeof createFleetPool>;
let feed: MarketFeed;
/** What the feed registers, the newest last. */
const registrations: string[][] = [];

beforeAll(async () => {
  desk = await openDesk({ venue: { clock, marketHours: 'krx', hasMorning: true, pingpongMs: 100 } });
  desk.venue.provision({ ...credentials, htsId: 'feed', environment: 'paper', cash: 0 });
  await desk.database.pool.query(`delete from public.market_calendar where source = 'test'`);
  await publishKrxCalendar(desk.database.pool);
  pool = createFleetPool(desk.database.url('narae_market'), { name: 'market', max: 3, log });
  feed = await start();
});
afterAll(async () => {
  await feed?.stop();
  await pool?.end();
  await desk?.stop();
});

/** A feed as the service starts it, in the venue's time and as the role narae_market. */
function start(): Promise<MarketFeed> {
  const broker = createKisBroker({
    credentials,
    environment: 'paper',
    endpoints: { restUrl: desk.venue.restUrl.paper, wsUrl: desk.venue.wsUrl.paper },
    tokenStore: memoryTokenStore(),
    governor: createGovernor({ source: ownCalls({ requestsPerSecond: 5_000, clock: systemClock }), clock: systemClock }),
    clock: { now: () => clock.now(), after: (ms, run) => systemClock.after(ms / FASTER, run) },
    log,
  });
  const watched: typeof broker = {
    ...broker,
    openStream(handlers, options): BrokerStream {
      const stream = broker.openStream(handlers, options);
      return {
        ...stream,
        setRegistrations(wanted) {
          registrations.push(wanted.map(({ symbol, kind }) => `${kind} ${symbol}`));
          stream.setRegistrations(wanted);
        },
      };
    },
  };
  return startFeed({
    store: marketStore(pool),
    broker: watched,
    metrics: marketMetrics(new Registry()),
    log,
    now: () => new Date(clock.now()),
    timing: Object.fromEntries(Object.entries(FEED_TIMING).map(([name, ms]) => [name, name === 'publishMs' ? ms : Math.min(ms, 100)])),
  });
}

/** Somebody sells to somebody. */
function trade(quantity: number, ticks = 0, symbol = SYMBOL): void {
  const price = desk.basePrice(symbol) + ticks * 100;
  desk.house('sell', quantity, price, symbol);
  desk.house('buy', quantity, price, symbol);
}
async function quote(symbol = SYMBOL) {
  const { rows } = await desk.database.pool.query(
    `select last_price::int, volume::int, change::int, heard_at, traded_at, book, best_ask::int from public.quotes where stock_code = $1`,
    [symbol],
  );
  return rows[0];
}
async function chunk(timeframe: '1d' | '1m', period: number, symbol = SYMBOL) {
  const { rows } = await desk.database.pool.query(
    'select bytes from public.bar_chunks where stock_code = $1 and timeframe = $2 and year = $3',
    [symbol, timeframe, period],
  );
  return rows[0] ? decodeBarChunk(rows[0].bytes) : null;
}
/** Time goes on while we look: minutes are written twice a minute. */
const minutesNow = async () => {
  clock.advance(500);
  const stored = await chunk('1m', 20261120);
  return stored ? minuteBarsOf(stored) : [];
};
const asMinutes = (bars: readonly Bar[]) =>
  bars
    .filter((bar) => bar.volume > 0)
    .map(({ time, open, high, low, close, volume, value }) => ({ minute: minuteOf(FRIDAY, time!), open, high, low, close, volume, value }));
const venueMinutes = () => asMinutes(desk.venue.minuteHistory(SYMBOL, FRIDAY));

test('a print of the exchange is a quote within a second, with the day’s figures', async () => {
  await until(
    'live',
    () => feed.state(),
    (state) => state.feed === 'live' && state.registered > 0,
  );
  await until(
    'day prepared',
    () => quote(),
    (row) => row?.volume > 0,
  );
  const before = (await quote()).volume;
  trade(7, 3);
  await until(
    'quote',
    () => quote(),
    (row) => row?.volume === before + 7,
    1_000,
  );
  expect(await quote()).toMatchObject({ last_price: desk.basePrice() + 300, change: 300, traded_at: new Date(clock.now()) });
});

test('minutes are the exchange’s own, those before we listened included', async () => {
  for (const [quantity, ticks] of [
    [3, -2],
    [4, 5],
    [2, 1],
  ] as const) {
    trade(quantity, ticks);
    clock.advance(25_000);
  }
  clock.advance(MINUTE);
  trade(1);
  clock.advance(MINUTE);
  await until('whole', minutesNow, (bars) => JSON.stringify(bars) === JSON.stringify(venueMinutes()));
  expect((await minutesNow()).length).toBeGreaterThan(60); // since 09:00
});

test('a restart in the middle of a session loses nothing, not even what traded while nobody listened', async () => {
  await feed.stop();
  trade(11, 4);
  clock.advance(2 * MINUTE);
  feed = await start();
  await until(
    'live',
    () => feed.state(),
    (state) => state.feed === 'live' && state.registered > 0,
  );
  trade(5, -1);
  clock.advance(2 * MINUTE);
  await until('whole', minutesNow, (bars) => JSON.stringify(bars) === JSON.stringify(venueMinutes()));
});

test('the prepared day knows the average volume of the last sessions', async () => {
  await until(
    'prepared',
    () => feed.state().preparedDay,
    (day) => day === FRIDAY,
  );
  const { rows } = await desk.database.pool.query(
    `select i.average_volume::int as average, c.bytes from public.instruments i join public.bar_chunks c on c.stock_code = i.stock_code
      where i.stock_code = $1 and c.timeframe = '1d' and c.year = 2026`,
    [SYMBOL],
  );
  const volumes = [...decodeBarChunk(rows[0].bytes).volume].slice(-20);
  expect(volumes).toHaveLength(20);
  expect(rows[0].average).toBe(Math.round(volumes.reduce((sum, shares) => sum + shares, 0) / 20));
});

test('a socket that falls silent is noticed, its quotes are no longer heard, and it comes back by itself', async () => {
  const heard = async () => (await quote()).heard_at.getTime() as number;
  await until(
    'prepared',
    () => feed.state().preparedDay,
    (day) => day === FRIDAY,
  );
  clock.advance(1_000);
  await until('heard', heard, (at) => at === clock.now());
  desk.venue.disturbSockets('silence', credentials.appKey);
  clock.advance(1_000);
  const silentFrom = clock.now();
  await until(
    'down',
    () => feed.state().feed,
    (state) => state === 'down',
  );
  expect(await heard()).toBeLessThan(silentFrom);
  trade(9, 2); // lost with the old socket
  await until(
    'live',
    () => feed.state().feed,
    (state) => state === 'live',
  );
  await until('heard again', heard, (at) => at >= silentFrom);
  clock.advance(2 * MINUTE);
  trade(1);
  clock.advance(MINUTE);
  await until('gap filled', minutesNow, (bars) => JSON.stringify(bars) === JSON.stringify(venueMinutes()));
});

describe('people who look', () => {
  const watch = (userId: string, codes: string[], books: string[] = []) =>
    desk.database.asUser(userId, (client) => client.query('select public.watch_quotes($1, $2)', [codes, books]));
  async function messages(userId: string) {
    const { rows } = await desk.database.pool.query(
      `select payload, inserted_at from realtime.messages where topic = $1 and event = 'quotes' order by inserted_at`,
      [`user:${userId}:quotes`],
    );
    return rows as { payload: { quotes: { stock_code: string; book?: unknown }[] }; inserted_at: Date }[];
  }

  test('get one message a second with what they asked for, nobody else gets any', async () => {
    const idle = await createTestUser(desk.database.pool);
    await watch(desk.userId, [SYMBOL]);
    let sent: Awaited<ReturnType<typeof messages>> = [];
    while (sent.length < 4) {
      trade(1);
      trade(1, 0, OTHER_SYMBOL);
      await new Promise((resolve) => setTimeout(resolve, 100));
      sent = await messages(desk.userId);
    }
    for (const { payload } of sent) expect(payload.quotes.map((row) => row.stock_code)).toEqual([SYMBOL]);
    // A busy machine writes one late and the next in time: over three seconds that is no message more.
    const seconds = (sent.at(-1)!.inserted_at.getTime() - sent[0]!.inserted_at.getTime()) / 1_000;
    expect(sent.length - 1).toBeLessThanOrEqual(seconds + 0.9);
    expect(await messages(idle)).toHaveLength(0);
  });

  test('of an order book take a registration, the cap of 41 holds, and what is left out is asked by REST', async () => {
    const last = [...desk.venue.exchange.markets.keys()].sort().at(-1)!; // without a need of its own it would not be registered
    await watch(desk.userId, [last], [last]);
    await until(
      'registered',
      () => registrations.at(-1)!,
      (wanted) => wanted.includes(`book ${last}`),
    );
    const wanted = registrations.at(-1)!;
    expect(wanted).toContain(`trade ${last}`);
    expect(wanted.length).toBeLessThanOrEqual(41);
    const left = [...desk.venue.exchange.markets.keys()].filter((symbol) => !wanted.includes(`trade ${symbol}`));
    expect(left.length).toBeGreaterThan(0);
    await until(
      'book',
      () => {
        desk.house('sell', 1, desk.basePrice(last) + 500, last); // once more at each look: the venue may not have taken the registration yet
        return quote(last);
      },
      (row) => row?.best_ask === desk.basePrice(last) + 500,
    );
    clock.advance(1_000);
    for (const symbol of left)
      await until(
        `REST ${symbol}`,
        () => quote(symbol),
        (row) => row?.heard_at?.getTime() === clock.now(),
      );
  });
});

test('after the close the day’s bar is there for daily strategies, the closing auction included', async () => {
  trade(4, 2);
  clock.advance(seoulInstant(FRIDAY, 930) - clock.now() + 1_000);
  expect((await chunk('1d', 2026))?.time.at(-1)).toBe(20261119);
  clock.advance(MINUTE);
  const days = await until(
    'daily bar',
    () => chunk('1d', 2026),
    (bars) => bars?.time.at(-1) === 20261120,
  );
  const [expected] = desk.venue.history(SYMBOL, { from: FRIDAY, to: FRIDAY });
  const at = days!.time.length - 1;
  expect({ close: days!.close[at], volume: days!.volume[at] }).toEqual({ close: expected!.close, volume: expected!.volume });
});

test('a new day brings new base prices and limits, and begins the quotes anew', async () => {
  const friday = desk.basePrice();
  clock.advance(seoulInstant(MONDAY, 520) - clock.now());
  const market = desk.venue.exchange.markets.get(SYMBOL)!;
  expect(market.basePrice).not.toBe(friday);
  const row = await until(
    'new day',
    async () =>
      (
        await desk.database.pool.query(
          `select base_price::int as base, upper_limit::int as upper, lower_limit::int as lower, price_day::text as day
             from public.instruments where stock_code = $1`,
          [SYMBOL],
        )
      ).rows[0],
    (seen) => seen.day === MONDAY,
  );
  expect(row).toMatchObject({ base: market.basePrice, upper: market.upperLimit, lower: market.lowerLimit });
  clock.advance(seoulInstant(MONDAY, 541) - clock.now());
  trade(2, 1);
  await until(
    'first print',
    () => quote(),
    (seen) => seen.volume === 2,
  );
});
