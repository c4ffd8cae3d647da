import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { ensureSealingKey } from '#lib/db/fleet/sealing-key.ts';
import { createLog } from '#lib/log.ts';
import { accountOpener } from '#nas/brokers/open-account.ts';
import { type Clock, systemClock } from '#nas/runtime/clock.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, until } from './testing/desk.ts';

const log = createLog('trading', 'silent');
let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk?.stop());

/** A clock whose timers ring late while it sleeps, as those of a paused process do. */
function sleepyClock() {
  let isAsleep = false;
  const late: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    after: (ms, run) => systemClock.after(ms, () => (isAsleep ? late.push(run) : run())),
  };
  return {
    clock,
    sleep() {
      isAsleep = true;
    },
    wake() {
      isAsleep = false;
      for (const run of late.splice(0)) run();
    },
  };
}

const lease = async () =>
  (await desk.database.pool.query('select instance_id, token::int from public.account_leases where account_id = $1', [desk.account.id]))
    .rows[0] as { instance_id: string; token: number };
const attempts = async (orderId: string) =>
  (
    await desk.database.pool.query(
      'select instance_id, lease_token::int as token, outcome, outcome_code from public.order_attempts where order_id = $1',
      [orderId],
    )
  ).rows;

test('an order between its attempt and its socket write when the account is taken over is not written, even after a new renewal', async () => {
  const pools = [1, 2].map(() => createFleetPool(desk.env.DATABASE_URL, { name: 'stale', max: 2, log })) as [never, never];
  const key = await ensureSealingKey(desk.database.pool, desk.env.CREDENTIALS_DIR);
  const openAccount = accountOpener({ pool: pools[0], lockPool: pools[1], key, env: desk.env, log });
  let write = (): void => {};
  const held = new Promise<void>((resolve) => {
    write = resolve;
  });
  const { clock, sleep, wake } = sleepyClock();
  const first = await startTrading({
    env: desk.env,
    log,
    clock,
    // The sender stops for a while right before the broker's door.
    open: async (account) => {
      const opened = await openAccount(account);
      const submit: typeof opened.broker.submit = async (order, mayWrite) => {
        await held;
        return opened.broker.submit(order, mayWrite);
      };
      return { ...opened, broker: { ...opened.broker, submit } };
    },
  });
  await desk.untilReady();
  const owned = await lease();
  const { order } = await desk.place({ price: desk.basePrice() });
  await until(
    'attempt',
    () => attempts(order.id),
    (rows) => rows.length === 1,
  );
  sleep();
  const second = await startTrading({ env: desk.env, log });
  try {
    await until('take-over', lease, (row) => row.token > owned.token, 15_000);
    wake();
    const instances = async () =>
      Number((await desk.database.pool.query('select count(*) from public.trading_instances where expires_at > now()')).rows[0].count);
    await until('the sleeper has renewed its own row', instances, (count) => count === 2);
    write();
    await until(
      'outcome',
      () => attempts(order.id),
      (rows) => rows[0].outcome === 'not_processed',
    );
    expect(await attempts(order.id)).toMatchObject([
      { instance_id: owned.instance_id, token: owned.token, outcome: 'not_processed', outcome_code: 'lease_expired' },
    ]);
    expect(desk.bookOf()).toEqual([]);
  } finally {
    await Promise.all([first.stop(), second.stop()]);
    for (const pool of pools as { end(): Promise<void> }[]) await pool.end();
  }
});
