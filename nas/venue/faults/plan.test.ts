import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { aVenue, KisCaller, LISTED, TRADING, wasAnswered } from '../testing/kis-caller.ts';
import type { Venue } from '../venue.ts';
import type { VenueOrder } from '../venue-order.ts';
import type { planEntry } from './plan.ts';
import { OrderPlan } from './plan.ts';

let venue: Venue;
let caller: KisCaller;
beforeEach(async () => {
  venue = await aVenue({ tokenPause: false });
  caller = await KisCaller.open(venue, { holdings: [[LISTED, 100]] });
});
afterEach(() => venue.stop());

const low = (): number => venue.exchange.markets.get(LISTED)!.lowerLimit;
type Faults = z.input<typeof planEntry>['faults'];
const look = () => ({ account: `paper:${caller.accountNumber}-01`, symbol: LISTED, side: 'buy' as const, quantity: 10, price: low() });
const plan = (faults: Faults, over: Partial<z.input<typeof planEntry>> = {}): void => venue.faults.plan.add({ ...look(), ...over, faults });
const place = async (): Promise<string> => (await caller.order({ ORD_QTY: '10', ORD_UNPR: String(low()) })).body.output?.ODNO;
const orders = (): VenueOrder[] => venue.judge().accounts[0]!.orders;
const rows = async (): Promise<Record<string, string>[]> => (await caller.orders({ INQR_DVSN: '01' })).body.output1;

describe('an order is struck by its look and occurrence, whatever else arrives', () => {
  test('the second of three twins, another price and another account stay as they are', async () => {
    plan([{ kind: 'fill', quantity: 4 }], { occurrence: 2 });
    const other = await KisCaller.open(venue, { number: 2 });
    await place();
    await other.order({ ORD_QTY: '10', ORD_UNPR: String(low()) });
    await caller.order({ ORD_QTY: '10', ORD_UNPR: String(low() + 50) });
    await place();
    await place();
    expect(orders().map((order) => [order.occurrence, order.price - low(), order.filled])).toEqual([
      [1, 0, 0],
      [1, 50, 0],
      [2, 0, 4],
      [3, 0, 0],
    ]);
    expect(venue.judge().strikes).toEqual([{ ...look(), on: 'submit', occurrence: 2, attempt: 1, kind: 'fill' }]);
  });

  test('a foreign order of the same look does not count', async () => {
    plan([{ kind: 'fill' }], { occurrence: 2 });
    const { symbol, side, quantity, price } = look();
    await place();
    venue.placeElsewhere(look().account, { symbol, side, quantity, price, orderType: '00', channel: 'OpnAPI' });
    await place();
    expect(orders().map((order) => [order.isForeign, order.channel, order.filled])).toEqual([
      [false, 'OpnAPI', 0],
      [true, 'OpnAPI', 0],
      [false, 'OpnAPI', 10],
    ]);
  });

  test('an order sent again after the gateway refused it is the same order, one that was cut off is not', async () => {
    plan([{ kind: 'rate_limit' }]);
    plan([{ kind: 'fill' }], { attempt: 2 });
    expect((await caller.order({ ORD_QTY: '10', ORD_UNPR: String(low()) })).body.msg_cd).toBe('EGW00201');
    await place();
    plan([{ kind: 'drop_before' }], { occurrence: 2 });
    const body = { ...caller.account(), PDNO: LISTED, ORD_DVSN: '00', ORD_QTY: '10', ORD_UNPR: String(low()) };
    expect(await wasAnswered(`${caller.base}${TRADING}/order-cash`, caller.headers('VTTC0012U'), body)).toBe(false);
    await place();
    expect(orders().map((order) => [order.occurrence, order.filled])).toEqual([
      [1, 10],
      [3, 0],
    ]);
  });

  test('lots draw the same faults for the same orders in any order of arrival', () => {
    const looks = Array.from({ length: 40 }, (_, i) => ({
      account: `a${i % 4}`,
      symbol: LISTED,
      side: 'buy' as const,
      quantity: 1 + (i % 5),
      price: 100,
    }));
    const drawn = (order: typeof looks): string[] => {
      const book = new OrderPlan();
      book.byLots({ seed: 7, submit: { lost_answer: 0.3, fill: 0.5 } });
      return order
        .map((one) => book.submit(one))
        .map((request) => JSON.stringify(request))
        .sort();
    };
    const first = drawn(looks);
    expect(drawn(looks.toReversed())).toEqual(first);
    expect(first.filter((request) => request.includes('lost_answer')).length).toBeGreaterThan(3);
    expect(first.filter((request) => request.includes('"fill"')).length).toBeGreaterThan(8);
  });
});

describe('what the plan can do to an order', () => {
  test('partial fills come one by one and move cash and shares, but not the market', async () => {
    plan([
      { kind: 'fill', quantity: 3 },
      { kind: 'fill', quantity: 4, ms: 1_000 },
    ]);
    const { lastPrice } = venue.exchange.markets.get(LISTED)!;
    await place();
    expect(orders()[0]).toMatchObject({ filled: 3, open: 7 });
    venue.clock.advance(1_000);
    expect(orders()[0]).toMatchObject({ filled: 7, filledAmount: 7 * low(), open: 3 });
    expect(venue.judge().accounts[0]!.holdings[0]).toMatchObject({ quantity: 107 });
    expect(venue.exchange.markets.get(LISTED)!.lastPrice).toBe(lastPrice);
  });

  test('a late refusal: accepted, out of the book, then 거부 in the row and in a notice, and nothing stays reserved', async () => {
    const socket = await caller.socket();
    await socket.register('H0STCNI9', caller.htsId);
    plan([{ kind: 'async_reject', ms: 500 }]);
    const number = await place();
    expect((await rows())[0]).toMatchObject({ rmn_qty: '10', rjct_qty: '0' });
    venue.clock.advance(500);
    await socket.next(() => socket.notices().length === 2);
    const [, refusal] = socket.notices();
    expect([refusal![2], refusal![5], refusal![9], refusal![12], refusal![13]]).toEqual([number, '0', '0000000010', '1', '1']);
    expect((await rows())[0]).toMatchObject({ rmn_qty: '0', rjct_qty: '10', cncl_cfrm_qty: '0' });
    expect(venue.judge().accounts[0]!.reservedCash).toBe(0);
    expect((await caller.change(number)).body.msg_cd).toBe('40320000');
  });

  test('a hidden row appears when its time is over', async () => {
    plan([{ kind: 'hide_rows', ms: 5_000 }]);
    await place();
    await place();
    expect((await rows()).map((row) => row.odno)).toEqual(['0000000002']);
    venue.clock.advance(4_999);
    expect(await rows()).toHaveLength(1);
    venue.clock.advance(1);
    expect(await rows()).toHaveLength(2);
  });

  test('a lagging balance shows the picture before the fill, the order inquiry does not', async () => {
    plan([
      { kind: 'lag_balance', ms: 3_000 },
      { kind: 'fill', ms: 100 },
    ]);
    await place();
    venue.clock.advance(100);
    const held = async (): Promise<string[]> => {
      const { output1, output2 } = (await caller.balance()).body;
      return [output1[0].hldg_qty, output1[0].thdt_buyqty, output2[0].thdt_buy_amt];
    };
    expect((await rows())[0]).toMatchObject({ tot_ccld_qty: '10' });
    expect(await held()).toEqual(['100', '0', '0']);
    venue.clock.advance(3_000);
    expect(await held()).toEqual(['110', '10', String(10 * low())]);
  });

  test.each([
    { why: 'part fills first', quantity: 4, filled: 4, cancelled: 6, cancel: 'confirmed', refused: 0 },
    {
      why: 'everything fills first, and the cancel is refused',
      quantity: undefined,
      filled: 10,
      cancelled: 0,
      cancel: 'rejected',
      refused: 10,
    },
  ])('a fill after the cancel was accepted: $why', async ({ quantity, filled, cancelled, cancel, refused }) => {
    plan([{ kind: 'late_fill', ms: 800, ...(quantity && { quantity }) }], { on: 'cancel' });
    const number = await place();
    expect((await caller.change(number)).body.msg_cd).toBe('40630000');
    expect((await rows()).map((row) => [row.rmn_qty, row.cncl_cfrm_qty])).toEqual([
      ['10', '0'],
      ['0', '0'],
    ]);
    venue.clock.advance(800);
    const [order, request] = orders();
    expect(order).toMatchObject({ filled, cancelled, open: 0 });
    expect(request).toMatchObject({ status: cancel, cancelled, rejected: refused });
    expect(venue.judge().accounts[0]!.reservedCash).toBe(0);
  });

  test('a slow cancel takes what is left when it takes effect', async () => {
    plan([{ kind: 'slow_cancel', ms: 800 }], { on: 'cancel' });
    await caller.change(await place());
    expect(orders()[0]).toMatchObject({ status: 'working', open: 10 });
    venue.clock.advance(800);
    expect(orders().map((order) => [order.status, order.cancelled])).toEqual([
      ['cancelled', 10],
      ['confirmed', 10],
    ]);
  });

  test('foreign twins before and after, through the API channel or another', async () => {
    plan([
      { kind: 'foreign_before', channel: 'OpnAPI' },
      { kind: 'foreign_after', ms: 200 },
    ]);
    await place();
    venue.clock.advance(200);
    expect((await rows()).map((row) => [row.ordr_empno, row.ord_qty, row.ord_unpr])).toEqual([
      ['OpnAPI', '10', String(low())],
      ['OpnAPI', '10', String(low())],
      ['Nsmart', '10', String(low())],
    ]);
    expect(orders().map((order) => order.isForeign)).toEqual([true, false, true]);
  });

  test('an order that is processed late is nowhere until then', async () => {
    plan([{ kind: 'delay_before', ms: 40_000 }]);
    const answered = place();
    await expect.poll(() => venue.judge().faultsStruck.delay_before).toBe(1);
    expect(orders()).toEqual([]);
    venue.clock.advance(40_000);
    expect(await answered).toBe('0000000001');
  });

  test.each(['hang_before', 'hang_after'] as const)('%s: nobody answers', async (kind) => {
    plan([{ kind }]);
    const abort = new AbortController();
    const body = JSON.stringify({ ...caller.account(), PDNO: LISTED, ORD_DVSN: '00', ORD_QTY: '10', ORD_UNPR: String(low()) });
    const asked = fetch(`${caller.base}${TRADING}/order-cash`, {
      method: 'POST',
      headers: caller.headers('VTTC0012U'),
      body,
      signal: abort.signal,
    });
    const ended = asked.then(
      () => 'answered',
      () => 'given up',
    );
    await expect.poll(() => venue.judge().faultsStruck[kind]).toBe(1);
    await expect.poll(() => orders().length).toBe(kind === 'hang_after' ? 1 : 0);
    abort.abort();
    expect(await ended).toBe('given up');
  });

  test.each([
    { kind: 'error_before' as const, status: 502 },
    { kind: 'garbage_before' as const, status: 200 },
  ])('$kind answers $status and does nothing', async ({ kind, status }) => {
    plan([{ kind }]);
    expect((await caller.order({ ORD_QTY: '10', ORD_UNPR: String(low()) })).status).toBe(status);
    expect(orders()).toEqual([]);
  });
});

describe('notices of one order', () => {
  const kinds = (notices: string[][]): string[] => notices.map((fields) => `${Number(fields[2])}${fields[13] === '2' ? ' filled' : ''}`);

  test('swapped: the acceptance comes after the fill', async () => {
    const socket = await caller.socket();
    await socket.register('H0STCNI9', caller.htsId);
    plan([
      { kind: 'swap_notices', event: 'accepted' },
      { kind: 'fill', ms: 10 },
    ]);
    await place();
    venue.clock.advance(10);
    await socket.next(() => socket.notices().length === 2);
    expect(kinds(socket.notices())).toEqual(['1 filled', '1']);
  });

  test('swapped, delayed, lost and doubled ones when nothing else follows', async () => {
    const socket = await caller.socket();
    await socket.register('H0STCNI9', caller.htsId);
    plan([{ kind: 'swap_notices', ms: 300 }]);
    plan([{ kind: 'delay_notice', ms: 200 }], { occurrence: 2 });
    plan([{ kind: 'lose_notice' }], { occurrence: 3 });
    plan([{ kind: 'duplicate_notice' }], { occurrence: 4 });
    await place();
    venue.clock.advance(300);
    await place();
    await place();
    await place();
    venue.clock.advance(200);
    await socket.next(() => socket.notices().length === 4);
    expect(kinds(socket.notices())).toEqual(['1', '4', '4', '2']);
  });

  test('a socket cut at the moment of acceptance never tells of it', async () => {
    const socket = await caller.socket();
    await socket.register('H0STCNI9', caller.htsId);
    plan([{ kind: 'cut_socket' }]);
    await place();
    await socket.closed();
    expect(socket.notices()).toEqual([]);
  });
});

test('pages: short ones, ones shifted by a row, ones without a mark', async () => {
  for (let i = 0; i < 20; i++) await place();
  const page = async (cursor = ''): Promise<{ mark: string | null; numbers: number[]; next: string }> => {
    const given = { INQR_DVSN: '01', CTX_AREA_NK100: cursor };
    const { headers, body } = await caller.orders(given, cursor === '' ? {} : { tr_cont: 'N' });
    return {
      mark: headers.get('tr_cont'),
      numbers: body.output1.map((row: { odno: string }) => Number(row.odno)),
      next: body.ctx_area_nk100,
    };
  };
  venue.faults.onRequest({ kind: 'shifted_page', trId: 'VTTC0081R' });
  venue.faults.onRequest({ kind: 'short_page', trId: 'VTTC0081R' });
  const first = await page();
  expect([first.mark, first.numbers]).toEqual(['F', [1, 2, 3, 4, 5]]);
  const second = await page(first.next);
  expect([second.mark, second.numbers]).toEqual(['M', Array.from({ length: 15 }, (_, i) => i + 5)]);
  venue.faults.onRequest({ kind: 'unmarked_page', trId: 'VTTC0081R' });
  expect(await page(second.next)).toMatchObject({ mark: null, numbers: [20] });
  expect(venue.judge().faultsStruck).toEqual({ short_page: 1, shifted_page: 1, unmarked_page: 1 });
});

test('a skewed broker clock shows in the Date header, in order times and in notices, not in the judge’s day', async () => {
  const socket = await caller.socket();
  await socket.register('H0STCNI9', caller.htsId);
  venue.skewClock(-90_000);
  const { headers, body } = await caller.order({ ORD_UNPR: String(low()) });
  expect([Date.parse(headers.get('date')!) - venue.clock.now(), body.output.ORD_TMD]).toEqual([-90_000, '095830']);
  await socket.next(() => socket.notices().length === 1);
  expect(socket.notices()[0]![11]).toBe('095830');
});

test('the outcome hash does not see order of arrival, the event hash does', async () => {
  const play = async (numbers: number[]): Promise<{ outcomeHash: string; eventHash: string }> => {
    const own = await aVenue({ tokenPause: false });
    try {
      const callers = await Promise.all([1, 2].map((number) => KisCaller.open(own, { number })));
      for (const number of numbers) await callers[number]!.order({ ORD_UNPR: String(low()) });
      return own.judge();
    } finally {
      await own.stop();
    }
  };
  const [one, two] = [await play([0, 1, 0]), await play([1, 0, 0])];
  expect(one.outcomeHash).toBe(two.outcomeHash);
  expect(one.eventHash).not.toBe(two.eventHash);
});
