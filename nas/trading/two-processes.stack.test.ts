import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FleetEnv } from '#lib/env/fleet.ts';
import { createLog } from '#lib/log.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, until } from './testing/desk.ts';

const SUBMIT_BUY = 'VTTC0012U';
let desk: Desk;
const children: ChildProcess[] = [];

beforeAll(async () => {
  desk = await openDesk({ venue: { tokenPause: true } }); // a second token within a minute would be refused
});
afterEach(() => {
  desk.venue.faults.clear();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => desk?.stop());
const isAt = (wanted: string) => (order: { order_status: string }) => order.order_status === wanted;

/** The service as `npm start` and the container run it. */
async function spawnTrading(env: FleetEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])) as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message: { type: string; reason?: string }) =>
      message.type === 'ready' ? resolve() : reject(new Error(message.reason)),
    );
    child.once('exit', (code) => reject(new Error(`trading ended with ${code}`)));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('kill -9 during a submit: at most one order at the venue, and orders and cancels flow within 10 s of the restart', async ({
  annotate,
}) => {
  const first = await spawnTrading(desk.env);
  await desk.untilReady();
  const resting = await desk.place({ symbol: '990010', price: desk.basePrice('990010') });
  await until('acceptance', () => desk.order(resting.order.id), isAt('accepted'));

  desk.venue.faults.onRequest({ kind: 'delay', delayMs: 20_000, trId: SUBMIT_BUY });
  const hit = await desk.place({ symbol: '990020', price: desk.basePrice('990020') });
  await until(
    'send',
    () => desk.bookOf().filter((o) => o.symbol === '990020').length,
    (count) => count === 1,
  );
  await kill(first);
  expect((await desk.order(hit.order.id)).order_status).toBe('submitting');

  const restartedAt = performance.now();
  const second = await spawnTrading(desk.env);
  const next = await desk.place({ symbol: '990030', price: desk.basePrice('990030') });
  await desk.cancel(resting.order.id);
  const sinceRestart = async (what: string, orderId: string, wanted: string): Promise<number> => {
    await until(what, () => desk.order(orderId), isAt(wanted), 10_000);
    return Math.round(performance.now() - restartedAt);
  };
  const [orderMs, cancelMs] = await Promise.all([
    sinceRestart('order after restart', next.order.id, 'accepted'),
    sinceRestart('cancel after restart', resting.order.id, 'cancelled'),
  ]);
  await annotate(`after the restart: order ${orderMs} ms, cancel ${cancelMs} ms`);
  expect(Math.max(orderMs, cancelMs)).toBeLessThan(10_000);

  const found = await until('adoption', () => desk.order(hit.order.id), isAt('accepted'), 10_000);
  const inBook = desk.bookOf().filter((o) => o.symbol === '990020');
  expect(inBook.map((o) => o.orderNumber)).toEqual([found.broker_order_id]);
  await kill(second);
});

test('two processes: one sends, each order arrives once; when it dies the other takes over with a higher token', async () => {
  const dead = (await lease())?.instance_id;
  const owner = await spawnTrading(desk.env);
  await until('owner', lease, (row) => row?.isLive === true && row.instance_id !== dead, 15_000);
  const standby = await startTrading({ env: desk.env, log: createLog('trading', 'fatal') });
  try {
    const orders = await Promise.all(
      Array.from({ length: 10 }, (_, i) => desk.place({ symbol: '990040', price: desk.basePrice('990040') - 500 * i })),
    );
    for (const { order } of orders) await until('acceptance', () => desk.order(order.id), isAt('accepted'), 15_000);
    expect(desk.bookOf().filter((o) => o.symbol === '990040')).toHaveLength(10);

    const before = await lease();
    await kill(owner);
    const after = await until('take-over', lease, (row) => row.token > before.token, 12_000);
    expect(after.instance_id).not.toBe(before.instance_id);
    const { order } = await desk.place({ symbol: '990050', price: desk.basePrice('990050') });
    await until('order at the other', () => desk.order(order.id), isAt('accepted'), 12_000);
    expect(desk.bookOf().filter((o) => o.symbol === '990050')).toHaveLength(1);
  } finally {
    await standby.stop();
  }
});

test('a process that was paused while another took its account over writes no order when it wakes', async () => {
  const dead = (await lease())?.instance_id;
  const sleeper = await spawnTrading(desk.env);
  const owned = await until('owner', lease, (row) => row?.isLive === true && row.instance_id !== dead, 15_000);
  const { order: first } = await desk.place({ symbol: '990060', price: desk.basePrice('990060') });
  await until('acceptance', () => desk.order(first.id), isAt('accepted'), 15_000);

  sleeper.kill('SIGSTOP');
  const successor = await startTrading({ env: desk.env, log: createLog('trading', 'fatal') });
  try {
    const taken = await until('take-over', lease, (row) => row.token > owned.token, 15_000);
    sleeper.kill('SIGCONT');
    // It wakes into wake-ups for orders that are another's by now.
    const orders = await Promise.all(
      Array.from({ length: 12 }, (_, i) => desk.place({ symbol: '990070', price: desk.basePrice('990070') - 500 * i })),
    );
    for (const { order } of orders) await until('acceptance', () => desk.order(order.id), isAt('accepted'), 20_000);
    expect(desk.bookOf().filter((o) => o.symbol === '990070')).toHaveLength(12);
    const { rows } = await desk.database.pool.query(
      'select distinct instance_id, lease_token::int as token from public.order_attempts where order_id = any($1)',
      [orders.map(({ order }) => order.id)],
    );
    expect(rows).toEqual([{ instance_id: taken.instance_id, token: taken.token }]);
    expect(taken.instance_id).not.toBe(owned.instance_id);
    expect(await lease()).toMatchObject({ instance_id: taken.instance_id, token: taken.token });
  } finally {
    sleeper.kill('SIGCONT');
    await successor.stop();
  }
});

async function lease() {
  const { rows } = await desk.database.pool.query(
    `select l.instance_id, l.token::int, i.expires_at > now() as "isLive" from public.account_leases l
       left join public.trading_instances i on i.id = l.instance_id where l.account_id = $1`,
    [desk.account.id],
  );
  return rows[0] as { instance_id: string; token: number; isLive: boolean };
}
