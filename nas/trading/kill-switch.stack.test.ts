import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { removeHaltFile, writeHaltFile } from '#lib/credentials/halt-file.ts';
import { createLog } from '#lib/log.ts';
import { createTestUser } from '#lib/testing/database.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, until } from './testing/desk.ts';

let desk: Desk;
let service: RunningService;
let database: Cable;
let admin: string;

beforeAll(async () => {
  desk = await openDesk();
  database = await layCable(Number(new URL(desk.env.DATABASE_URL).port));
  const url = new URL(desk.env.DATABASE_URL);
  url.port = String(database.port);
  service = await startTrading({ env: { ...desk.env, DATABASE_URL: url.href }, log: createLog('trading', 'silent') });
  await desk.untilReady();
  admin = await createTestUser(desk.database.pool);
  await desk.database.pool.query('update public.profiles set is_admin = true where user_id = $1', [admin]);
});
afterAll(async () => {
  database?.mend();
  await service?.stop();
  await database?.close();
  await desk?.stop();
});
afterEach(async () => {
  database.mend();
  await removeHaltFile(desk.env.CREDENTIALS_DIR);
  desk.venue.faults.clear();
  await until('file gone', fileSeen, (level) => level === 'none');
  // A row for the file may have been on its way just then.
  const lift = async () => {
    await desk.database.pool.query(`update public.trading_halts set level = 'none', version = version + 1`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (await desk.database.pool.query(`select 1 from public.trading_halts where level <> 'none'`)).rowCount;
  };
  await until('halts lifted', lift, (count) => count === 0);
});

const isAt = (wanted: string) => (order: { order_status: string }) => order.order_status === wanted;
const setHalt = (scope: string, id: string, level: string, by = admin) =>
  desk.database.asUser(by, (client) => client.query('select public.set_halt($1, $2, $3, $4)', [scope, id, level, 'test']));
const platform = async () =>
  (await desk.database.pool.query(`select level, cause from public.trading_halts where scope = 'platform'`)).rows[0];
const fileSeen = async () => ((await (await fetch(`${service.url}/health`)).json()) as { haltFile: string }).haltFile;
const newOrders = () => desk.bookOf().length;
const fileHalt = (level: 'halt' | 'cancel_all') =>
  writeHaltFile(desk.env.CREDENTIALS_DIR, { level, at: new Date().toISOString(), reason: 'test' });
/** Orders that rest: their prices lie below the market, each another one. */
const rest = async (symbol: string, count: number) => {
  const placed = [];
  for (let i = 0; i < count; i += 1)
    placed.push((await desk.place({ symbol, price: desk.basePrice(symbol) - 100 * (i + 1), allowDuplicate: true })).order.id);
  for (const id of placed) await until('acceptance', () => desk.order(id), isAt('accepted'), 20_000);
  return placed;
};

describe('a halt with cancel-all', () => {
  test.each([
    { scope: 'platform', id: () => '' },
    { scope: 'broker', id: () => 'kis' },
    { scope: 'user', id: () => desk.userId },
    { scope: 'account', id: () => desk.account.id },
  ])('of the $scope: what waits is dropped, what works is cancelled, nothing new arrives', async ({ scope, id }) => {
    const working = await rest('990010', 5);
    // A submit that hangs holds the lane: what is placed behind it waits.
    desk.venue.faults.onRequest({ kind: 'delay', delayMs: 1_500, trId: 'VTTC0012U' });
    const hanging = (await desk.place({ symbol: '990020', price: desk.basePrice('990020') - 500, allowDuplicate: true })).order.id;
    await until('send', () => desk.order(hanging), isAt('submitting'));
    const waiting = (await desk.place({ symbol: '990030', price: desk.basePrice('990030') - 500, allowDuplicate: true })).order.id;
    const before = newOrders();

    await setHalt(scope, id(), 'cancel_all');
    expect(await until('drop', () => desk.order(waiting), isAt('cancelled'))).toMatchObject({ broker_order_id: null });
    for (const order of [...working, hanging]) await until('cancel', () => desk.order(order), isAt('cancelled'), 20_000);
    expect(desk.bookOf().filter((order) => order.status === 'working')).toEqual([]);
    expect(newOrders()).toBeLessThanOrEqual(before + 1); // the one that hung was on its way
    expect((await desk.place({ symbol: '990030' })).denial).toMatchObject({ code: 'halted' });
  });
});

describe('the halt file', () => {
  test('stops orders, becomes a row that everybody sees, and does not come back once an administrator has lifted it', async () => {
    await fileHalt('halt');
    await until('row', platform, (row) => row?.level === 'halt');
    expect(await platform()).toEqual({ level: 'halt', cause: 'local_file' });
    expect((await desk.place({})).denial).toMatchObject({ code: 'halted' });
    await setHalt('platform', '', 'none'); // in vain while the file lies there
    await until('row again', platform, (row) => row?.level === 'halt');
    await removeHaltFile(desk.env.CREDENTIALS_DIR);
    await until('release', fileSeen, (level) => level === 'none');
    await setHalt('platform', '', 'none');
    const { order } = await desk.place({ symbol: '990040' });
    await until('acceptance', () => desk.order(order.id), isAt('accepted'));
    expect((await platform()).level).toBe('none');
  });

  test('without the database: what works is cancelled at the broker, nothing new is sent, and the row follows later', async () => {
    const working = await rest('990050', 6);
    const before = newOrders();
    database.cut();
    await fileHalt('cancel_all');
    await until(
      'empty book',
      () => desk.bookOf().filter((order) => order.status === 'working').length,
      (count) => count === 0,
      20_000,
    );
    expect((await desk.order(working[0]!)).order_status).toBe('accepted'); // nobody could write it down yet
    await desk.place({ symbol: '990060' }); // the person's side still reaches the database
    database.mend();
    for (const order of working) await until('cancel known', () => desk.order(order), isAt('cancelled'), 20_000);
    await until('row', platform, (row) => row?.level === 'cancel_all');
    expect(newOrders()).toBe(before);
  });
});

test('three orders of unknown outcome pause the account’s entries, in the service and on the screen’s row', async () => {
  // The answers are lost and the list does not show the orders yet, so nobody finds out.
  for (const symbol of ['990070', '990080', '990090']) {
    const price = desk.basePrice(symbol) - 500;
    desk.venue.faults.plan.add({
      account: `paper:${desk.account.accountNumber}-01`,
      symbol,
      side: 'buy',
      quantity: 1,
      price,
      faults: [{ kind: 'lost_answer' }, { kind: 'hide_rows', ms: 120_000 }],
    });
    const { order } = await desk.place({ symbol, price });
    await until('unknown', () => desk.order(order.id), isAt('unknown'), 20_000);
  }
  const row = async () => (await desk.database.pool.query(`select level, cause from public.trading_halts where scope = 'account'`)).rows[0];
  await until('halt', row, (halt) => halt?.level === 'pause_entries', 20_000);
  expect(await row()).toEqual({ level: 'pause_entries', cause: 'unknown_count' });
  expect((await desk.place({ symbol: '990100' })).denial).toMatchObject({ code: 'halted' });
});

interface Cable {
  readonly port: number;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A line to the database that can be cut: connections end, new ones are refused. */
async function layCable(target: number): Promise<Cable> {
  const ends = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(target, '127.0.0.1');
    for (const end of [near, far]) {
      ends.add(end);
      end
        .on('error', () => {})
        .on('close', () => {
          ends.delete(end);
          near.destroy();
          far.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const end of ends) end.destroy();
    },
    mend() {
      isCut = false;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
