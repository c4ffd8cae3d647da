import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { sleep } from '#nas/runtime/clock.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, until } from './testing/desk.ts';
import { fastClock } from './testing/fast-clock.ts';

const clock = fastClock(20);
const BUY = 'VTTC0012U';
const ORDER_LIST = 'VTTC0081R';
const [LOST, FILLED, SEEN, RESERVED] = ['990010', '990020', '990030', '990040'];
let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk();
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal'), clock });
  await desk.untilReady();
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});
afterEach(() => desk.venue.faults.clear());

const isAt = (wanted: string) => (order: { order_status: string }) => order.order_status === wanted;
const close = (orderId: string) =>
  desk.database.pool.query(`update public.real_orders set expires_at = now() - interval '2 hours' where id = $1`, [orderId]);
const held = async (orderId: string) =>
  (await desk.database.pool.query('select 1 from public.reservations where order_id = $1', [orderId])).rowCount;

test('a filled order whose answer was lost is neither expired by the close nor called absent while the list shows no rows', async () => {
  desk.venue.faults.onRequest({ kind: 'rows_missing', trId: ORDER_LIST, times: 100_000 });
  desk.venue.faults.onRequest({ kind: 'lost_answer', trId: BUY });
  const price = desk.basePrice(FILLED);
  desk.house('sell', 3, price, FILLED);
  const { order } = await desk.place({ symbol: FILLED, quantity: 3, price });
  await until('unknown', () => desk.order(order.id), isAt('unknown'));
  await close(order.id);
  await sleep(clock, 150_000);
  expect((await desk.order(order.id)).order_status).toBe('unknown');
  expect(await held(order.id)).toBe(1);
  desk.venue.faults.clear();
  const found = await until('found', () => desk.order(order.id), isAt('executed'), 20_000);
  expect(found.cum_quantity).toBe(3);
  expect(desk.bookOf().filter(({ symbol }) => symbol === FILLED)).toHaveLength(1);
});

test('an order that never arrived ends with the day when the list shows the others, and frees its money', async () => {
  const other = await desk.place({ symbol: SEEN, price: desk.basePrice(SEEN) });
  await until('acceptance', () => desk.order(other.order.id), isAt('accepted'));
  desk.venue.faults.onRequest({ kind: 'drop_before', trId: BUY });
  const { order } = await desk.place({ symbol: LOST, price: desk.basePrice(LOST) });
  await until('unknown', () => desk.order(order.id), isAt('unknown'));
  await close(order.id);
  const over = await until(
    'end',
    () => desk.order(order.id),
    (row) => row.order_status !== 'unknown',
    20_000,
  );
  expect(['expired', 'rejected']).toContain(over.order_status);
  expect(await held(order.id)).toBe(0);
});

test('what a strategy reserved for a session whose prepare never ended clean is denied, and never sent', async () => {
  const { pool } = desk.database;
  const price = desk.basePrice(RESERVED);
  const { rows } = await desk.database.asUser(desk.userId, (client) =>
    client.query(
      `select public.place_order($1, $2, 'buy', 1, 'limit', $3, gen_random_uuid(), 'b', false, (select max(close_at) - interval '1 second' from public.market_calendar)) -> 'order' ->> 'id' as id`,
      [desk.account.id, RESERVED, price],
    ),
  );
  const { id } = rows[0];
  await pool.query(
    `with s as (insert into public.strategies (user_id, name) values ($1, 's') returning id),
          v as (insert into public.strategy_versions (strategy_id, version, user_id, document, hash) select id, 1, $1, '{}', 'h' from s returning strategy_id),
          d as (insert into public.strategy_deployments (user_id, strategy_id, version, broker_account_id, capital, state)
                select $1, strategy_id, 1, $2, 1e9, 'running' from v returning id)
     update public.real_orders set deployment_id = d.id, send_at = now() - interval '11 minutes' from d where real_orders.id = $3`,
    [desk.userId, desk.account.id, id],
  );
  const denied = await until('denial', () => desk.order(id), isAt('denied'));
  expect(denied.denial_code).toBe('not_prepared');
  expect(desk.bookOf().filter(({ symbol }) => symbol === RESERVED)).toHaveLength(0);
  expect(await held(id)).toBe(0);
});
