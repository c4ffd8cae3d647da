import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aVenue, KisCaller, LISTED, TRADING, wasAnswered } from '../testing/kis-caller.ts';
import type { Venue } from '../venue.ts';
import { FaultBook } from './faults.ts';

let venue: Venue;
let caller: KisCaller;
let number = 0;
beforeAll(async () => {
  venue = await aVenue({ tokenPause: false });
});
afterAll(() => venue.stop());
beforeEach(async () => {
  venue.faults.clear();
  caller = await KisCaller.open(venue, { number: ++number });
});

const ordersAtVenue = (): number => venue.judge().accounts.find((account) => account.id.includes(caller.accountNumber))!.orders.length;
const body = () => ({
  ...caller.account(),
  PDNO: LISTED,
  ORD_DVSN: '00',
  ORD_QTY: '1',
  ORD_UNPR: String(venue.exchange.markets.get(LISTED)!.lastPrice),
});

describe('an order whose answer goes wrong', () => {
  test.each([
    { kind: 'drop_before' as const, answered: false, placed: 0 },
    { kind: 'lost_answer' as const, answered: false, placed: 1 },
  ])('$kind: answered $answered, placed $placed', async ({ kind, answered, placed }) => {
    venue.faults.onRequest({ kind, trId: 'VTTC0012U' });
    expect(await wasAnswered(`${caller.base}${TRADING}/order-cash`, caller.headers('VTTC0012U'), body())).toBe(answered);
    expect(ordersAtVenue()).toBe(placed);
  });

  test.each([
    { kind: 'error_after' as const, status: 502, code: undefined, placed: 1 },
    { kind: 'garbage_after' as const, status: 200, code: undefined, placed: 1 },
    { kind: 'timeout_after' as const, status: 500, code: 'EGW00301', placed: 1 },
    { kind: 'timeout_before' as const, status: 500, code: 'EGW00301', placed: 0 },
    { kind: 'rate_limit' as const, status: 500, code: 'EGW00201', placed: 0 },
    { kind: 'ledger_limit' as const, status: 500, code: 'EGW00215', placed: 0 },
    { kind: 'token_expired' as const, status: 500, code: 'EGW00123', placed: 0 },
    { kind: 'delay' as const, status: 200, code: '40600000', placed: 1 },
  ])('$kind: HTTP $status, $code, placed $placed', async ({ kind, status, code, placed }) => {
    venue.faults.onRequest({ kind, trId: 'VTTC0012U', delayMs: 5 });
    const reply = await caller.order(body());
    expect([reply.status, reply.body?.msg_cd]).toEqual([status, code]);
    expect(ordersAtVenue()).toBe(placed);
    await caller.logIn();
    expect((await caller.order(body())).status).toBe(200);
  });
});

test('a fault after the deed waits for a deed: what the venue refuses at its own door is told, and the next request meets the fault', async () => {
  venue.faults.onRequest({ kind: 'token_expired', trId: 'VTTC8434R' });
  await caller.balance();
  venue.faults.onRequest({ kind: 'error_after', trId: 'VTTC0012U' });
  expect((await caller.order(body())).body.msg_cd).toBe('EGW00123');
  expect(ordersAtVenue()).toBe(0);
  await caller.logIn();
  expect((await caller.order(body())).status).toBe(502);
  expect(ordersAtVenue()).toBe(1);
  expect((await caller.order(body())).status).toBe(200);
});

test('an early expired token stays expired until a new one is issued', async () => {
  venue.faults.onRequest({ kind: 'token_expired', trId: 'VTTC8434R' });
  expect((await caller.balance()).body.msg_cd).toBe('EGW00123');
  expect((await caller.balance()).body.msg_cd).toBe('EGW00123');
  await caller.logIn();
  expect((await caller.balance()).status).toBe(200);
});

test('rows missing: totals stay right', async () => {
  await caller.order(body());
  venue.faults.onRequest({ kind: 'rows_missing', trId: 'VTTC0081R' });
  expect((await caller.orders()).body).toMatchObject({ output1: [], output2: { tot_ord_qty: '1' }, msg_cd: '70070000' });
  expect((await caller.orders()).body.output1).toHaveLength(1);
});

test('a lost notice is not sent, a doubled one twice, a silent socket says nothing more', async () => {
  const socket = await caller.socket();
  await socket.register('H0STCNI9', caller.htsId);
  venue.faults.onNotice({ kind: 'lose_notice', accountNumber: caller.accountNumber });
  venue.faults.onNotice({ kind: 'duplicate_notice', accountNumber: caller.accountNumber });
  await caller.order(body());
  await caller.order(body());
  await socket.next(() => socket.notices().length === 2);
  const numbers = socket.notices().map((fields) => fields[2]);
  expect(numbers[0]).toBe(numbers[1]);
  venue.disturbSockets('silence', caller.appKey);
  await caller.order(body());
  venue.disturbSockets('cut', caller.appKey);
  await socket.closed();
  expect(socket.notices()).toHaveLength(2);
});

test('faults by seed strike the same requests again', () => {
  const strikes = (): string[] => {
    const book = new FaultBook();
    book.bySeed({ seed: 5, rate: 0.3, kinds: ['delay', 'lost_answer', 'rate_limit'] });
    return Array.from({ length: 50 }, () => book.take({ environment: 'paper', trId: 'VTTC0012U', appKey: 'a' })?.kind ?? '-');
  };
  expect(strikes()).toEqual(strikes());
  expect(new Set(strikes()).size).toBe(4);
});
