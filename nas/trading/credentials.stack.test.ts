import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, type DeskAccount, openDesk, until } from './testing/desk.ts';

let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk();
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal') });
  await desk.untilReady();
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});

async function stateOf(account: DeskAccount) {
  const { rows } = await desk.database.pool.query(
    'select credential_state, credential_message, environment_verified_at from public.broker_accounts where id = $1',
    [account.id],
  );
  return rows[0] as { credential_state: string; credential_message: string; environment_verified_at: Date | null };
}

test.each([
  { why: 'a wrong secret', wanted: { typed: { appSecret: 'x'.repeat(80) } }, state: 'bad_key', says: 'refused the app key' },
  {
    why: 'an app key nobody has',
    wanted: { typed: { appKey: 'PSnobodyhasthiskey0000000000000000' } },
    state: 'bad_key',
    says: 'refused the app key',
  },
  {
    why: 'somebody else’s account number',
    wanted: { typed: { accountNumber: '50999999' } },
    state: 'wrong_account',
    says: 'account number',
  },
  { why: 'paper keys on a real account', wanted: { isPaper: false }, state: 'wrong_environment', says: 'other environment' },
])('$why: the account stays inert and says what is wrong', async ({ wanted, state, says }) => {
  const account = await desk.openAccount(desk.userId, wanted);
  const found = await until(
    'finding',
    () => stateOf(account),
    (row) => !['untested', 'testing'].includes(row.credential_state),
  );
  expect(found.credential_state).toBe(state);
  expect(found.credential_message).toContain(says);
  expect(found.environment_verified_at).toBeNull();
  const { denial } = await desk.place({ account });
  expect(['account_unverified', 'real_disabled', 'permission_missing']).toContain(denial?.code);
  expect(JSON.stringify(found)).not.toContain(account.appKey);
});

test('an account whose environment column was changed does not open: paper cannot become real', async () => {
  const account = await desk.openAccount(desk.userId);
  await until(
    'proof',
    () => stateOf(account),
    (row) => row.credential_state === 'ok',
  );
  const changed = await desk.database.pool
    .query(
      `update public.broker_accounts set is_paper_account = false, credential_state = 'untested', environment_verified_at = null where id = $1`,
      [account.id],
    )
    .then(() => true)
    .catch(() => false);
  if (!changed) return expect((await stateOf(account)).credential_state).toBe('ok'); // the database itself refuses
  const found = await until(
    'finding',
    () => stateOf(account),
    (row) => row.credential_state !== 'untested',
  );
  expect(found).toMatchObject({ credential_state: 'bad_key', environment_verified_at: null });
});

test('one token an app key: it is stored sealed and used again after a restart', async () => {
  const tokens = async () =>
    (await desk.database.pool.query('select app_key_tag, sealed, issued_at from public.broker_tokens order by 1')).rows;
  const before = await tokens();
  expect(before.length).toBeGreaterThan(0);
  for (const { sealed } of before) expect(Object.keys(JSON.parse(sealed)).sort()).toEqual(['ct', 'enc', 'kid', 'v']);
  await service.stop();
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal') });
  const { order } = await desk.place({ symbol: '990060', price: desk.basePrice('990060') });
  await until(
    'acceptance',
    () => desk.order(order.id),
    (row) => row.order_status === 'accepted',
  );
  expect(await tokens()).toEqual(before);
});

test('the wake-up line heals: after its connection is cut an order still goes out at once', async () => {
  await desk.database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'narae-trading-listen'`);
  const { order } = await desk.place({ symbol: '990070', price: desk.basePrice('990070') });
  await until(
    'acceptance',
    () => desk.order(order.id),
    (row) => row.order_status === 'accepted',
    5_000,
  );
});
