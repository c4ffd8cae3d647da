import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from './clock.ts';
import { seoulInstant } from './seoul-time.ts';
import { MONDAY } from './testing/exchange.ts';
import { aVenue, KisCaller, LISTED } from './testing/kis-caller.ts';
import type { Venue, VenueOptions } from './venue.ts';

const open: Venue[] = [];
let dir: string;
const start = async (options: VenueOptions = {}): Promise<Venue> => {
  const venue = await aVenue(options);
  open.push(venue);
  return venue;
};
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'venue-'));
});
afterEach(async () => {
  for (const venue of open.splice(0)) await venue.stop();
  await rm(dir, { recursive: true });
});

test.each([
  { why: 'an ordinary Monday', day: '2026-11-23', at: 15 * 60 + 25, phase: 'closing_auction' },
  { why: 'the exam day runs an hour late', day: '2026-11-19', at: 16 * 60 + 25, phase: 'closing_auction' },
  { why: 'the exam day opens at ten', day: '2026-11-19', at: 9 * 60 + 59, phase: 'opening_auction' },
  { why: 'the first trading day of a year opens at ten', day: '2026-01-02', at: 9 * 60 + 59, phase: 'opening_auction' },
  { why: 'and closes as always', day: '2026-01-02', at: 15 * 60 + 25, phase: 'closing_auction' },
])('$why: an order is taken into the $phase and matched at its end', async ({ day, at, phase }) => {
  const clock = fixedClock(seoulInstant(day, at));
  const venue = await start({ clock, tokenPause: false });
  expect(venue.exchange.phase).toBe(phase);
  const seller = await KisCaller.open(venue, { number: 1, holdings: [[LISTED, 5]] });
  const buyer = await KisCaller.open(venue, { number: 2 });
  const price = String(venue.exchange.markets.get(LISTED)!.lastPrice);
  await seller.order({ side: 'sell', ORD_QTY: '5', ORD_UNPR: price });
  await buyer.order({ ORD_QTY: '5', ORD_UNPR: price });
  const filled = (): number[] => venue.judge().accounts.map((account) => account.orders[0]!.filled);
  clock.advance(59_000);
  expect(filled()).toEqual([0, 0]);
  clock.advance(5 * 60_000);
  expect(filled()).toEqual([5, 5]);
});

describe('the live market', () => {
  test('the same seed, clock and requests give the same events; another seed does not', async () => {
    const play = async (seed: number): Promise<string> => {
      const venue = await start({ seed, eventsPerSecond: 0.5 });
      const caller = await KisCaller.open(venue);
      for (let i = 0; i < 5; i++) {
        venue.clock.advance(7_000);
        await caller.order({ ORD_DVSN: '01', ORD_UNPR: '0', ORD_QTY: '3' });
      }
      venue.clock.advance(30_000);
      return venue.judge().eventHash;
    };
    const [first, again, other] = [await play(3), await play(3), await play(4)];
    expect(first).toBe(again);
    expect(first).not.toBe(other);
  });

  test('every symbol is quoted on both sides and trades, and books are never crossed', async () => {
    const venue = await start({ eventsPerSecond: 0.5 });
    const before = new Map(venue.judge().books.map((book) => [book.symbol, book.volume]));
    for (let i = 0; i < 30; i++) {
      venue.clock.advance(2_000);
      for (const { asks, bids, symbol } of venue.judge().books) {
        expect(asks.length, symbol).toBeGreaterThan(3);
        expect(bids.length, symbol).toBeGreaterThan(3);
        expect(bids[0]!.price).toBeLessThan(asks[0]!.price);
      }
    }
    for (const book of venue.judge().books) expect(book.volume, book.symbol).toBeGreaterThan(before.get(book.symbol)!);
  });

  test('a market buy of an account fills at the offered price', async () => {
    const venue = await start({ eventsPerSecond: 0.5 });
    venue.clock.advance(2_000);
    const offered = venue.judge().books.find((book) => book.symbol === LISTED)!.asks[0]!.price;
    const caller = await KisCaller.open(venue);
    await caller.order({ ORD_DVSN: '01', ORD_UNPR: '0', ORD_QTY: '1' });
    const [row] = (await caller.orders()).body.output1;
    expect(row).toMatchObject({ tot_ccld_qty: '1', avg_prvs: String(offered), rmn_qty: '0' });
  });

  test('a whole day: opening auction, close inside the plan’s day, orders expire, tomorrow starts from today’s close', async () => {
    const clock = fixedClock(seoulInstant(MONDAY, 511));
    const venue = await start({ clock, eventsPerSecond: 0.5 });
    const caller = await KisCaller.open(venue);
    const { lowerLimit } = venue.exchange.markets.get(LISTED)!;
    await caller.order({ ORD_UNPR: String(lowerLimit) });
    expect(venue.judge().books.every((book) => book.volume === 0)).toBe(true);
    clock.advance(30 * 60_000);
    const opened = venue.judge().books.filter((book) => book.open > 0);
    expect(opened).toHaveLength(42);
    clock.advance(6.5 * 3_600_000);
    const account = venue.judge().accounts[0]!;
    expect([venue.exchange.phase, account.orders[0]!.status, account.reservedCash]).toEqual(['after', 'expired', 0]);
    const close = venue.exchange.markets.get(LISTED)!.lastPrice;
    clock.advance(17 * 3_600_000);
    expect(venue.exchange.day).toBe('2026-11-24');
    expect(venue.exchange.markets.get(LISTED)!.basePrice).toBe(close);
    expect(venue.history(LISTED, { from: MONDAY, to: MONDAY })[0]!.close).toBe(close);
  });

  test('charts reach from ten years ago to the last print without a gap', async () => {
    const venue = await start({ eventsPerSecond: 0.5 });
    venue.clock.advance(10_000);
    const bars = venue.history(LISTED, { from: '2016-11-23', to: MONDAY });
    expect(bars.length).toBeGreaterThan(2_400);
    const market = venue.exchange.markets.get(LISTED)!;
    expect(bars.at(-1)).toMatchObject({ day: MONDAY, close: market.lastPrice, volume: market.stats.volume });
    expect(bars.at(-2)!.close).toBe(market.basePrice);
    const minutes = venue.minuteHistory(LISTED, MONDAY);
    expect(minutes[0]!.time).toBe('090000');
    expect(minutes.reduce((sum, bar) => sum + bar.volume, 0)).toBe(market.stats.volume);
  });
});

describe('a restart', () => {
  test('keeps accounts, holdings, today’s orders with their place, numbers and tokens', async () => {
    const first = await start({ dataDir: dir });
    const early = await KisCaller.open(first, { holdings: [[LISTED, 10]] });
    const late = await KisCaller.open(first, { number: 2 });
    const price = String(first.exchange.markets.get(LISTED)!.lastPrice);
    await early.order({ side: 'sell', ORD_QTY: '4', ORD_UNPR: price });
    await late.order({ ORD_QTY: '4', ORD_UNPR: price });
    for (const caller of [early, late]) await caller.order({ ORD_QTY: '2', ORD_UNPR: price });
    const before = first.judge();
    await first.stop();
    open.length = 0;

    const second = await start({ dataDir: dir, clock: first.clock });
    expect(second.judge().accounts).toEqual(before.accounts);
    Object.assign(early, { venue: second });
    Object.assign(late, { venue: second });
    expect((await late.balance()).body.output1[0]).toMatchObject({ hldg_qty: '4' });
    const seller = await early.order({ side: 'sell', ORD_QTY: '3', ORD_UNPR: price });
    expect(seller.body.output.ODNO).toBe('0000000005');
    const filled = second.judge().accounts.map((account) => account.orders.at(account.id.includes(early.accountNumber) ? -2 : -1)!.filled);
    expect(filled).toEqual([2, 1]);
  });

  test('on a later day yesterday’s open orders have expired and give their cash back', async () => {
    const first = await start({ dataDir: dir });
    const caller = await KisCaller.open(first);
    await caller.order({ ORD_UNPR: String(first.exchange.markets.get(LISTED)!.lowerLimit) });
    await first.stop();
    open.length = 0;
    const second = await start({ dataDir: dir, clock: fixedClock(seoulInstant('2026-11-24', 600)) });
    expect(second.judge().accounts[0]).toMatchObject({ reservedCash: 0, orderableCash: 100_000_000 });
    expect(second.judge().accounts[0]!.orders[0]!.status).toBe('expired');
  });

  test('opening an account again gives no money twice', async () => {
    const venue = await start();
    const caller = await KisCaller.open(venue, { cash: 1_000 });
    const { appKey, appSecret, accountNumber, htsId } = caller;
    expect(venue.provision({ environment: 'paper', appKey, appSecret, accountNumber, htsId, cash: 5_000 }).isNew).toBe(false);
    expect(venue.judge().accounts[0]!.settledCash).toBe(1_000);
    expect(() => venue.provision({ environment: 'real', appKey, appSecret, accountNumber, htsId, cash: 1 })).toThrow(
      /another secret or environment/,
    );
  });

  test.each([
    { why: 'cut off', text: '{"version":1,', reason: /not JSON/ },
    { why: 'something else', text: '{"version":9}', reason: /not a venue snapshot/ },
  ])('a $why snapshot stops the start with a sentence and stays where it is; asked to, it is moved aside', async ({ text, reason }) => {
    const file = join(dir, 'venue-snapshot.json');
    await writeFile(file, text);
    await expect(start({ dataDir: dir })).rejects.toThrow(reason);
    await expect(start({ dataDir: dir })).rejects.toThrow(/VENUE_START_FRESH/);
    expect(await readFile(file, 'utf8')).toBe(text);
    await start({ dataDir: dir, startFresh: true });
    const aside = (await readdir(dir)).find((name) => name.includes('damaged'));
    expect(await readFile(join(dir, aside!), 'utf8')).toBe(text);
  });
});

test('a taken port is named in the error and nothing stays open', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  const { port } = squatter.address() as { port: number };
  await expect(start({ ports: { real: port } })).rejects.toThrow(`Port ${port} is taken`);
  await new Promise((resolve) => squatter.close(resolve));
});

describe('the control face', () => {
  const call = async (
    venue: Venue,
    method: string,
    path: string,
    body?: unknown,
    token = 'the-token',
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${venue.restUrl.paper}/_venue${path}`, {
      method,
      headers: { 'x-venue-token': token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const account = {
    environment: 'paper',
    appKey: 'app-key-1',
    appSecret: 'app-secret-1',
    accountNumber: '50000001',
    htsId: 'hts1',
    cash: 1_000_000,
    holdings: [],
  };

  test('opens accounts, scripts faults, moves the clock and shows the judge’s view', async () => {
    const venue = await start({ controlToken: 'the-token' });
    expect(await call(venue, 'POST', '/accounts', account)).toEqual({ status: 200, body: { accountId: 'paper:50000001-01', isNew: true } });
    expect((await call(venue, 'POST', '/faults', { request: [{ kind: 'lost_answer', trId: 'VTTC0012U' }] })).status).toBe(200);
    const before = venue.clock.now();
    await call(venue, 'POST', '/clock', { advanceMs: 1_500 });
    expect(venue.clock.now() - before).toBe(1_500);
    expect((await call(venue, 'GET', '/judge')).body).toMatchObject({
      day: MONDAY,
      accounts: [{ id: 'paper:50000001-01', orderableCash: 1_000_000 }],
    });
    expect((await call(venue, 'GET', '/health', undefined, '')).body).toMatchObject({ ok: true, phase: 'continuous' });
  });

  test('places an order past the API, which the inquiry shows as not ours', async () => {
    const venue = await start({ controlToken: 'the-token' });
    const caller = await KisCaller.open(venue);
    const price = venue.exchange.markets.get(LISTED)!.lastPrice;
    const order = { accountId: `paper:${caller.accountNumber}-01`, symbol: LISTED, side: 'buy', quantity: 2, price };
    expect((await call(venue, 'POST', '/orders', order)).body).toMatchObject({ ok: true });
    await caller.order({ ORD_UNPR: String(price) });
    const rows = (await caller.orders()).body.output1 as Record<string, string>[];
    expect(rows.map((row) => [row.odno, row.ordr_empno])).toEqual([
      ['0000000002', 'OpnAPI'],
      ['0000000001', 'Nsmart'],
    ]);
  });

  test('moves cash and shares without an order, and nothing of what is not there', async () => {
    const venue = await start({ controlToken: 'the-token' });
    const holdings = [{ symbol: LISTED, quantity: 10, averagePrice: 9_000 }];
    await call(venue, 'POST', '/accounts', { ...account, holdings });
    const move = (what: object) => call(venue, 'POST', '/transfers', { accountId: 'paper:50000001-01', ...what });
    expect((await move({ cash: 500_000, holdings: [{ symbol: LISTED, quantity: -3 }] })).status).toBe(200);
    const drawer = venue.exchange.ledger.accounts.get('paper:50000001-01')!;
    expect([drawer.settledCash, drawer.holdings.get(LISTED)]).toMatchObject([1_500_000, { quantity: 7, purchaseAmount: 63_000 }]);
    expect((await move({ cash: -1_500_001 })).status).toBe(400);
    expect((await move({ cash: -1, holdings: [{ symbol: LISTED, quantity: -8 }] })).status).toBe(400);
    expect([drawer.settledCash, drawer.holdings.get(LISTED)!.quantity]).toEqual([1_500_000, 7]);
  });

  test.each([
    { why: 'a wrong token', token: 'guess', path: '/judge', body: undefined, status: 401 },
    { why: 'a wrong account number', token: 'the-token', path: '/accounts', body: { ...account, accountNumber: '12' }, status: 422 },
    { why: 'an unknown command', token: 'the-token', path: '/everything', body: {}, status: 400 },
  ])('refuses $why', async ({ token, path, body, status }) => {
    const venue = await start({ controlToken: 'the-token' });
    expect((await call(venue, body ? 'POST' : 'GET', path, body, token)).status).toBe(status);
  });

  test('is off without a token', async () => {
    expect((await call(await start(), 'GET', '/judge')).status).toBe(404);
  });
});
