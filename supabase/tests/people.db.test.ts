import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, createTestUser, type TestClaims, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, openMarket, place, refusalOf } from './arrange.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  await db.pool.query(`insert into nas_keys (key_id, public_key, fingerprint) values ('k1', 'p', 'f')`);
});
afterAll(() => db?.drop());

const call = <T = Record<string, unknown>>(user: string, sql: string, values: unknown[] = [], claims: TestClaims = {}): Promise<T> =>
  db.asUser(user, async (client) => (await client.query(`select ${sql} as answer`, values)).rows[0].answer, claims);
const one = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows[0];

describe('signing up', () => {
  test.each([
    { policy: 'invite', canTrade: false },
    { policy: 'approval', canTrade: false },
    { policy: 'open', canTrade: true },
  ])('under $policy gives a profile, no limit, and paper trading: $canTrade', async ({ policy, canTrade }) => {
    await db.pool.query('update platform_settings set signup_policy = $1', [policy]);
    const id = await createTestUser(db.pool, { email: `${policy}@test.local` });
    expect(await one('select display_name, is_admin, locale from profiles where user_id = $1', [id])).toEqual({
      display_name: policy,
      is_admin: false,
      locale: 'ko',
    });
    expect(
      await one(
        'select can_paper_trade, can_real_trade, daily_trade_limit, max_position_size from trading_permissions where user_id = $1',
        [id],
      ),
    ).toEqual({
      can_paper_trade: canTrade,
      can_real_trade: false,
      daily_trade_limit: null,
      max_position_size: null,
    });
  });

  test('when invited opens paper trading; when closed is refused', async () => {
    await db.pool.query(`update platform_settings set signup_policy = 'invite'`);
    const invited = randomUUID();
    await db.pool.query(`insert into auth.users (id, email, invited_at) values ($1, 'guest@test.local', now())`, [invited]);
    expect((await one('select can_paper_trade from trading_permissions where user_id = $1', [invited])).can_paper_trade).toBe(true);
    await db.pool.query(`update platform_settings set signup_policy = 'closed'`);
    await expect(createTestUser(db.pool)).rejects.toThrow('sign-up is closed');
    await db.pool.query(`update platform_settings set signup_policy = 'invite'`);
  });
});

describe('an invitation', () => {
  const canTrade = async (id: string) =>
    (await one('select can_paper_trade from trading_permissions where user_id = $1', [id])).can_paper_trade;
  const signUp = async (email: string): Promise<string> =>
    (
      await one(
        `insert into auth.users (id, aud, role, email) values (gen_random_uuid(), 'authenticated', 'authenticated', $1) returning id`,
        [email],
      )
    ).id;
  const confirm = (id: string) => db.pool.query('update auth.users set email_confirmed_at = now() where id = $1', [id]);
  const anInvitation = async () => {
    const admin = await aTrader(db, { isAdmin: true });
    const email = `guest-${randomUUID()}@test.local`;
    const row = await call(admin, 'invite_person($1)', [` ${email.toUpperCase()} `]);
    expect(row).toMatchObject({ email, invited_by: admin, accepted_at: null });
    return { admin, email };
  };

  test('opens paper trading, and nothing else, to who confirms the address; it is then used', async () => {
    const { email } = await anInvitation();
    const guest = await signUp(email);
    expect(await canTrade(guest)).toBe(false);
    expect(await one('select accepted_at from invitations where email = $1', [email])).toEqual({ accepted_at: null });
    await confirm(guest);
    expect(
      await one('select can_paper_trade, can_real_trade, daily_trade_limit from trading_permissions where user_id = $1', [guest]),
    ).toEqual({
      can_paper_trade: true,
      can_real_trade: false,
      daily_trade_limit: null,
    });
    expect(await one('select accepted_at is not null as used from invitations where email = $1', [email])).toEqual({ used: true });
    expect(await one(`select count(*)::int from audit_log where action = 'invitation.accept' and subject_id = $1`, [guest])).toEqual({
      count: 1,
    });
    // Rights an administrator takes away later do not come back with another confirmation.
    await db.pool.query('update trading_permissions set can_paper_trade = false where user_id = $1', [guest]);
    await db.pool.query('update auth.users set email_confirmed_at = null where id = $1', [guest]);
    await confirm(guest);
    expect(await canTrade(guest)).toBe(false);
  });

  test('is accepted at once by an address that is confirmed from the start', async () => {
    const { email } = await anInvitation();
    expect(await canTrade(await createTestUser(db.pool, { email }))).toBe(true);
  });

  test.each(['expired', 'withdrawn', 'of somebody else'])('%s opens nothing', async (what) => {
    const { admin, email } = await anInvitation();
    if (what === 'expired') await db.pool.query('update invitations set expires_at = now() where email = $1', [email]);
    if (what === 'withdrawn') await call(admin, 'withdraw_invitation($1)', [email]);
    const guest = await signUp(what === 'of somebody else' ? `other-${email}` : email);
    await confirm(guest);
    expect(await canTrade(guest)).toBe(false);
  });

  test('given again begins anew; for nonsense or a person who is here it is refused, as is taking back what is not open', async () => {
    const { admin, email } = await anInvitation();
    await db.pool.query('update invitations set expires_at = now() where email = $1', [email]);
    await call(admin, 'invite_person($1)', [email]);
    expect(await one(`select expires_at > now() + interval '13 days' as is_open from invitations where email = $1`, [email])).toEqual({
      is_open: true,
    });
    const guest = await createTestUser(db.pool, { email });
    expect(await canTrade(guest)).toBe(true);
    expect((await refusalOf(call(admin, 'invite_person($1)', [email]))).code).toBe('already_signed_up');
    expect((await refusalOf(call(admin, 'withdraw_invitation($1)', [email]))).code).toBe('invitation_not_found');
    for (const wrong of ['', 'nobody', 'a b@c', null]) {
      expect((await refusalOf(call(admin, 'invite_person($1)', [wrong]))).code).toBe('invalid_input');
    }
    expect((await refusalOf(call(guest, 'invite_person($1)', ['x@test.local']))).code).toBe('forbidden');
  });
});

describe('credentials', () => {
  const sealed = { v: 1, kid: 'k1', enc: 'e', ct: 'c' };
  interface Saved {
    id?: string;
    broker?: string;
    label?: string;
    mask?: string;
    isPaper?: boolean | null;
    sealed?: unknown;
    keyId?: string;
  }
  const save = (user: string, input: Saved = {}) =>
    call(user, 'save_credentials($1, $2, $3, $4, $5, $6, $7)', [
      input.id ?? randomUUID(),
      input.broker ?? 'kis',
      input.label ?? '모의',
      input.mask ?? '5012****-01',
      input.isPaper === undefined ? true : input.isPaper,
      JSON.stringify(input.sealed ?? sealed),
      input.keyId ?? 'k1',
    ]);

  test('make an inert account, ask the fleet to try them, and never come back', async () => {
    const user = await aTrader(db);
    const account = await save(user);
    expect(account).toMatchObject({
      credential_state: 'untested',
      environment_verified_at: null,
      account_mask: '5012****-01',
      is_paper_account: true,
    });
    expect(JSON.stringify(account)).not.toContain('"ct"');
    expect((await one('select count(*)::int as n from graphile_worker.jobs where key = $1', [`test-credentials:${account.id}`])).n).toBe(1);
    expect((await place(db, user, { accountId: account.id as string })).denial?.code).toBe('account_unverified');
  });

  test('saved again lose the proof of the old ones', async () => {
    const user = await aTrader(db);
    const id = await anAccount(db, user);
    expect(await save(user, { id })).toMatchObject({ environment_verified_at: null, verified_at: null, credential_state: 'untested' });
  });

  test('never turn paper into real, nor one broker into another', async () => {
    const user = await aTrader(db);
    const { id } = (await save(user)) as { id: string };
    expect((await refusalOf(save(user, { id, isPaper: false }))).code).toBe('account_kind_fixed');
    expect((await refusalOf(save(user, { id, broker: 'ls' }))).code).toBe('account_kind_fixed');
  });

  test.each([
    { why: 'a whole account number as mask', input: { mask: '50121234-01' }, code: 'invalid_input' },
    { why: 'credentials in the clear', input: { sealed: { appKey: 'x' } }, code: 'invalid_input' },
    { why: 'a text', input: { sealed: 'x' }, code: 'invalid_input' },
    { why: 'a key nobody has', input: { keyId: 'k9', sealed: { ...sealed, kid: 'k9' } }, code: 'key_unknown' },
    { why: 'another key than it was sealed for', input: { sealed: { ...sealed, kid: 'k2' } }, code: 'invalid_input' },
    { why: 'an unknown broker', input: { broker: 'acme' }, code: 'invalid_input' },
    { why: 'neither paper nor real', input: { isPaper: null }, code: 'invalid_input' },
    { why: 'a novel as ciphertext', input: { sealed: { ...sealed, ct: 'x'.repeat(9000) } }, code: 'invalid_input' },
  ])('are refused as $why', async ({ input, code }) => {
    expect((await refusalOf(save(await aTrader(db), input))).code).toBe(code);
  });

  test('cannot be put into somebody else’s account', async () => {
    const id = await anAccount(db, await aTrader(db));
    expect(await refusalOf(save(await aTrader(db), { id }))).toMatchObject({ status: 404, code: 'account_not_found' });
  });

  test('an account with working orders stays; without, it goes out of use', async () => {
    const user = await aTrader(db);
    const id = await anAccount(db, user);
    const { order } = await place(db, user, { accountId: id });
    expect((await refusalOf(call(user, 'remove_account($1)', [id]))).code).toBe('account_has_orders');
    await call(user, 'cancel_order($1)', [order.id]);
    expect(await call(user, 'remove_account($1)', [id])).toMatchObject({ is_active: false });
    expect((await place(db, user, { accountId: id })).denial?.code).toBe('account_unverified');
  });

  test.each([
    { state: 'ok', proved: true, environment: true, verified: true },
    { state: 'bad_key', proved: false, environment: false, verified: false },
    { state: 'testing', proved: null, environment: true, verified: true },
  ])('found $state by the fleet (proved: $proved)', async ({ state, proved, environment, verified }) => {
    const id = await anAccount(db, await aTrader(db));
    await db.pool.query('select set_credential_state($1, $2, $3, $4)', [id, state, 'sentence', proved]);
    const row = await one(
      'select credential_state, environment_verified_at is not null as e, verified_at is not null as v from broker_accounts where id = $1',
      [id],
    );
    expect(row).toEqual({ credential_state: state, e: environment, v: verified });
  });
});

describe('arming', () => {
  const password = 'correct horse';
  const arm = (user: string, given: string | null, claims: TestClaims = { session_id: 's1' }) =>
    call(user, 'arm_real_trading($1)', [given], claims);
  const aRealTrader = async (prefix = '$2a$') => {
    const user = await aTrader(db);
    await db.pool.query('update trading_permissions set can_real_trade = true where user_id = $1', [user]);
    await db.pool.query(
      `update auth.users set encrypted_password = replace(extensions.crypt($2, extensions.gen_salt('bf', 4)), '$2a$', $3) where id = $1`,
      [user, password, prefix],
    );
    return user;
  };

  test.each(['$2a$', '$2b$', '$2y$'])('takes the password again and lasts 30 minutes in this session (hash %s)', async (prefix) => {
    const user = await aRealTrader(prefix);
    const { expires_at } = await arm(user, password);
    expect(Date.parse(expires_at as string) - Date.now()).toBeGreaterThan(29 * 60_000);
    expect((await one('select session_id from trading_arms where user_id = $1', [user])).session_id).toBe('s1');
  });

  test('answers a wrong password as a value, and stops guessing after five', async () => {
    const user = await aRealTrader();
    for (const given of ['a', '', null, 'b', 'c']) expect(await arm(user, given)).toEqual({ expires_at: null, code: 'wrong_password' });
    expect(await arm(user, password)).toEqual({ expires_at: null, code: 'too_many_attempts' });
    expect(await one('select 1 from trading_arms where user_id = $1', [user])).toBeUndefined();
  });

  test('needs the right to trade real money and a session', async () => {
    expect((await refusalOf(arm(await aTrader(db), password))).code).toBe('permission_missing');
    expect((await refusalOf(arm(await aRealTrader(), password, {}))).code).toBe('session_missing');
  });
});

describe('the kill switch', () => {
  const halt = (user: string, scope: string, id: string, level: string, reason = 'why') =>
    call(user, 'set_halt($1, $2, $3, $4)', [scope, id, level, reason]);

  test('is a person’s for their own trading, and counts its versions', async () => {
    const user = await aTrader(db);
    expect(await halt(user, 'user', user, 'halt')).toMatchObject({ level: 'halt', version: 1 });
    expect((await refusalOf(halt(user, 'user', user, 'none', ' '))).code).toBe('invalid_input');
    expect(await halt(user, 'user', user, 'none')).toMatchObject({ level: 'none', version: 2 });
  });

  test('of an administrator is not lifted by the person', async () => {
    const [user, admin] = [await aTrader(db), await aTrader(db, { isAdmin: true })];
    await halt(admin, 'user', user, 'reduce_only');
    expect((await refusalOf(halt(user, 'user', user, 'none'))).code).toBe('forbidden');
    expect((await halt(user, 'user', user, 'halt')).level).toBe('halt');
    expect((await halt(admin, 'platform', '', 'pause_entries')).level).toBe('pause_entries');
    expect((await halt(admin, 'platform', '', 'none')).level).toBe('none');
    expect((await refusalOf(halt(admin, 'user', randomUUID(), 'halt'))).code).toBe('invalid_input');
  });
});

describe('administrators', () => {
  const rights = (
    admin: string,
    user: string,
    change: { paper?: boolean; real?: boolean; daily?: number | null; position?: number | null; orders?: number } = {},
  ) =>
    call(admin, 'set_trading_permission($1, $2, $3, $4, $5, $6, null)', [
      user,
      change.paper ?? true,
      change.real ?? false,
      change.daily === undefined ? 1_000_000 : change.daily,
      change.position === undefined ? 1_000_000 : change.position,
      change.orders ?? 10,
    ]);

  test('set rights and limits; the log has before and after', async () => {
    const [admin, user] = [await aTrader(db, { isAdmin: true }), await aTrader(db, { dailyTradeLimit: 5 })];
    expect(await rights(admin, user)).toMatchObject({ daily_trade_limit: 1_000_000, daily_order_limit: 10, approved_by: admin });
    const { detail, actor_id } = await one(`select detail, actor_id from audit_log where action = 'permission.set' and subject_id = $1`, [
      user,
    ]);
    expect({ actor_id, before: detail.before.daily_trade_limit, after: detail.after.daily_trade_limit }).toEqual({
      actor_id: admin,
      before: 5,
      after: 1_000_000,
    });
  });

  test('do not raise their own where there are two, but may lower them', async () => {
    const admin = await aTrader(db, { isAdmin: true, dailyTradeLimit: 1000, maxPositionSize: 1000, dailyOrderLimit: 5 });
    await aTrader(db, { isAdmin: true });
    for (const change of [{ daily: 1001 }, { position: 1001 }, { orders: 6 }, { real: true }]) {
      const all = { daily: 1000, position: 1000, orders: 5, ...change };
      expect((await refusalOf(rights(admin, admin, all))).code).toBe('four_eyes');
    }
    expect(await rights(admin, admin, { daily: null, position: 0, orders: 1 })).toMatchObject({ daily_trade_limit: null });
  });

  test('give real trading to administrators only until members are allowed', async () => {
    const [admin, user] = [await aTrader(db, { isAdmin: true }), await aTrader(db)];
    await db.pool.query('update platform_settings set members_allowed = false');
    const code = (await refusalOf(rights(admin, user, { real: true }))).code;
    await db.pool.query('update platform_settings set members_allowed = true');
    expect(code).toBe('members_not_allowed');
    expect(await rights(admin, user, { real: true })).toMatchObject({ can_real_trade: true });
  });

  test.each([{ daily: -1 }, { daily: 0.5 }, { daily: 1e16 }, { orders: -1 }, { orders: 1_000_000 }])(
    'cannot set nonsense: %o',
    async (change) => {
      expect((await refusalOf(rights(await aTrader(db, { isAdmin: true }), await aTrader(db), change))).code).toBe('invalid_input');
    },
  );

  test('turn the platform’s switches by name, audited and told to everybody', async () => {
    const admin = await aTrader(db, { isAdmin: true });
    const { version } = await one('select version::int from platform_settings');
    expect(await call(admin, `set_platform_settings('{"auto_enabled": false}')`)).toMatchObject({
      auto_enabled: false,
      orders_enabled: true,
      version: version + 1,
    });
    await call(admin, `set_platform_settings('{"auto_enabled": true}')`);
    expect(
      (await one(`select payload from realtime.messages where topic = 'platform:state' and event = 'settings_changed' limit 1`)).payload,
    ).toHaveProperty('auto_enabled');
    for (const patch of ['{}', '[]', '{"orders_enabled": "yes"}', '{"id": false}', '{"signup_policy": "anyone"}']) {
      expect((await refusalOf(call(admin, 'set_platform_settings($1)', [patch]))).code).toBe('invalid_input');
    }
  });

  test('see people with what they ask for, and decide once', async () => {
    const [admin, user] = [await aTrader(db, { isAdmin: true }), await aTrader(db)];
    await call(user, `request_permission('{"can_real_trade": true}', 'please')`);
    const { id } = await call<{ id: string }>(user, `request_permission('{"can_real_trade": true, "daily_trade_limit": 5}', 'please')`);
    const rows = await db.asUser(
      admin,
      async (client) => (await client.query('select * from admin_users() where user_id = $1', [user])).rows,
    );
    expect(rows[0]).toMatchObject({
      email: `${user}@test.local`,
      can_paper_trade: true,
      open_request: { id, wanted: { daily_trade_limit: 5 } },
    });
    expect(await call(admin, 'decide_request($1, $2)', [id, 'granted'])).toMatchObject({ state: 'granted', decided_by: admin });
    expect((await refusalOf(call(admin, 'decide_request($1, $2)', [id, 'refused']))).code).toBe('request_not_found');
    expect((await one('select kind from notifications where user_id = $1', [user])).kind).toBe('request_granted');
  });

  test('are made by the operator’s command line, in the log', async () => {
    const user = await createTestUser(db.pool, { email: 'Boss@test.local' });
    await db.pool.query(`select private.set_admin('boss@TEST.local', true)`);
    expect((await one('select is_admin from profiles where user_id = $1', [user])).is_admin).toBe(true);
    await expect(db.pool.query(`select private.set_admin('nobody@test.local', true)`)).rejects.toThrow('nobody is signed up as');
  });
});

describe('notifications', () => {
  test('are marked as read by their reader only', async () => {
    const [user, other] = [await aTrader(db), await aTrader(db)];
    const { id } = await one(`insert into notifications (user_id, kind) values ($1, 'x') returning id`, [user]);
    await call(other, 'mark_notifications_read($1)', [[id]]);
    expect((await one('select read_at from notifications where id = $1', [id])).read_at).toBeNull();
    await call(user, 'mark_notifications_read($1)', [[id]]);
    expect((await one('select read_at from notifications where id = $1', [id])).read_at).not.toBeNull();
  });
});
