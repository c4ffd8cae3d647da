import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withLedger } from '#lib/db/fleet/ledger.ts';
import { createLog } from '#lib/log.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, SYMBOL, until } from './testing/desk.ts';
import { fastClock } from './testing/fast-clock.ts';

const HELD = '990020';
/** Cash and holdings are read every four seconds; the database counts its minute itself, so the tests turn that back. */
const clock = fastClock(8);
vi.setConfig({ testTimeout: 120_000 });
const inTime = <T>(what: string, look: () => T | Promise<T>, isRight: (seen: T) => boolean) => until(what, look, isRight, 60_000);
let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk({ holdings: [{ symbol: HELD, quantity: 10 }] });
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal'), clock });
  await desk.untilReady(desk.account, 60_000);
  await inTime(
    'startup',
    () => runs('startup'),
    (rows) => rows.length === 1,
  );
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});

const many = async (sql: string) => (await desk.database.pool.query(sql, [desk.account.id])).rows;
const runs = (kind: string) =>
  many(`select result, detail, ledger_seq, ledger_hash from reconciliations where broker_account_id = $1 and kind = '${kind}'`);
/** The account's own drawer at the venue: what somebody does there by hand, no order tells. */
const drawer = () => desk.venue.exchange.ledger.accounts.get(`paper:${desk.account.accountNumber}-01`)!;
const positions = async (symbol: string) =>
  (await many(`select quantity::int from real_positions where broker_account_id = $1 and stock_code = '${symbol}'`))[0]?.quantity;

test('shares that leave by hand become a break that pauses buys of that symbol alone, and closes when they are back', async () => {
  const open = () => many('select ours::int, theirs::int from reconciliation_breaks where broker_account_id = $1 and closed_at is null');
  drawer().holdings.get(HELD)!.quantity = 7;
  await inTime(
    'three reads',
    () => many('select reads from private.holding_reads where account_id = $1'),
    (rows) => rows[0]?.reads >= 3,
  );
  expect(await open()).toEqual([]);
  await many(`update private.holding_reads set first_at = first_at - interval '61 seconds' where account_id = $1`);
  await inTime('the break', open, (rows) => rows.length === 1);
  expect(await open()).toEqual([{ ours: 10, theirs: 7 }]);
  expect(await positions(HELD)).toBe(10);
  expect((await desk.place({ symbol: HELD })).denial?.code).toBe('position_unproved');
  expect((await desk.place({ symbol: SYMBOL, quantity: 1 })).denial).toBeNull();
  await inTime(
    'a run that says so',
    () => runs('positions'),
    (rows) => rows[0]?.result === 'differs',
  );
  drawer().holdings.get(HELD)!.quantity = 10;
  await inTime('the end of the break', open, (rows) => rows.length === 0);
});

test('a deposit becomes one cash flow to classify', async () => {
  const flows = () => many(`select amount::float, kind from cash_flows where broker_account_id = $1 and source = 'in_day'`);
  drawer().settledCash += 5_000_000;
  await inTime(
    'three reads',
    () => many('select reads from private.cash_marks where account_id = $1'),
    (rows) => rows[0]?.reads >= 3,
  );
  await many(`update private.cash_marks set first_at = first_at - interval '61 seconds' where account_id = $1`);
  await inTime('the flow', flows, (rows) => rows.length > 0);
  await inTime(
    'an agreeing read',
    () => runs('cash'),
    (rows) => rows[0]?.result === 'agreed',
  );
  expect(await flows()).toEqual([{ amount: 5_000_000, kind: 'unclassified' }]);
});

test('a trade made in HTS explains itself: the holding follows without a break, and the ledger still proves', async () => {
  const { exchange, clock: venueClock } = desk.venue;
  const price = desk.basePrice(HELD);
  desk.house('buy', 4, price, HELD);
  exchange.submit(drawer(), { symbol: HELD, side: 'sell', quantity: 4, price, orderType: '00', channel: 'Nsmart' }, venueClock.now());
  await inTime(
    'the holding',
    () => positions(HELD),
    (quantity) => quantity === 6,
  );
  expect(
    await many(
      `select origin, cum_quantity::int from real_orders where broker_account_id = $1 and stock_code = '${HELD}' and origin = 'external'`,
    ),
  ).toEqual([{ origin: 'external', cum_quantity: 4 }]);
  expect(await many('select 1 from reconciliation_breaks where broker_account_id = $1 and closed_at is null')).toEqual([]);
  expect((await withLedger(desk.database.pool, desk.account.id, verifyLedger)).findings).toEqual([]);
});

test('the day ends with every page read, leftovers expired, fees from the broker’s total, cash forecast and ledger hash', async () => {
  const price = desk.basePrice();
  desk.house('sell', 13, price); // one for the order of the first test
  const bought = await desk.place({ quantity: 12, price });
  await inTime(
    'the fill',
    () => desk.order(bought.order.id),
    (row) => row.order_status === 'executed',
  );
  const resting = await desk.place({ quantity: 3, price: price - 500 });
  await inTime(
    'acceptance',
    () => desk.order(resting.order.id),
    (row) => row.order_status === 'accepted',
  );
  await desk.database.pool.query(
    `update market_calendar set order_from = now() - interval '7 hours', open_at = now() - interval '7 hours', close_at = now() - interval '6 minutes'`,
  );
  const [end] = await inTime(
    'the end of the day',
    () => runs('end_of_day'),
    (rows) => rows.length === 1,
  );
  const fees = drawer().totals.reduce((sum, day) => sum + day.feesAndTax, 0);
  expect(fees).toBeGreaterThan(0);
  expect(end).toMatchObject({ result: 'agreed', detail: { expired: expect.any(Number), cash: { costs: fees, difference: 0 } } });
  expect(end.detail.cash.cash_d2).toBe(desk.venue.exchange.ledger.cash(drawer()));
  expect((await desk.order(resting.order.id)).order_status).toBe('expired');
  expect(await many(`select amount::float from cash_flows where broker_account_id = $1 and source = 'broker_total'`)).toEqual([
    { amount: -fees },
  ]);
  const [last] = await many('select seq, hash from order_events where account_id = $1 order by seq desc limit 1');
  expect([end.ledger_seq, end.ledger_hash]).toEqual([last.seq, last.hash]);
  expect((await withLedger(desk.database.pool, desk.account.id, verifyLedger)).findings).toEqual([]);
});
