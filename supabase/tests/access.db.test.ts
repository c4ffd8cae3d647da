import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase, type Work } from '#lib/testing/database.ts';
import { anAccount, aTrader, openMarket, place, refusalOf, SHARE } from './arrange.ts';

type Reach = 'own' | 'all' | 'none';
interface Decision {
  /** What the owner of a row may read of the two persons' rows; `all` also for rows that belong to nobody. */
  readonly select: Reach;
  readonly writes?: readonly ('insert' | 'update' | 'delete')[];
  /** Only administrators read it. */
  readonly isForAdmins?: boolean;
}

/** Every public table has a decision here: a new table without one fails the first test. */
const DECISIONS: Record<string, Decision> = {
  account_balances: { select: 'own' },
  account_leases: { select: 'none' },
  audit_log: { select: 'none', isForAdmins: true },
  backtest_series: { select: 'own' },
  backtest_trades: { select: 'own' },
  backtests: { select: 'own' },
  bar_chunks: { select: 'all' },
  broker_accounts: { select: 'own' },
  broker_quota_use: { select: 'none' },
  broker_quota_waits: { select: 'none' },
  broker_quotas: { select: 'none' },
  broker_tokens: { select: 'none' },
  cash_flows: { select: 'own' },
  corporate_actions: { select: 'own' },
  datasets: { select: 'all' },
  equity_snapshots: { select: 'own' },
  executions: { select: 'own' },
  instruments: { select: 'all' },
  invitations: { select: 'none', isForAdmins: true },
  investment_settings: { select: 'own', writes: ['insert', 'update', 'delete'] },
  market_calendar: { select: 'all' },
  market_feeds: { select: 'own' },
  nas_keys: { select: 'all' },
  notifications: { select: 'own' },
  optimisation_chunks: { select: 'own' },
  optimisations: { select: 'own' },
  order_attempts: { select: 'none' },
  order_events: { select: 'own' },
  paper_accounts: { select: 'none' },
  paper_fills: { select: 'none' },
  paper_holdings: { select: 'none' },
  paper_orders: { select: 'none' },
  permission_requests: { select: 'own' },
  platform_settings: { select: 'all' },
  profiles: { select: 'own', writes: ['update'] },
  protective_stops: { select: 'own' },
  quote_interest: { select: 'own' },
  quotes: { select: 'all' },
  real_orders: { select: 'own' },
  real_positions: { select: 'own' },
  reconciliation_breaks: { select: 'own' },
  reconciliations: { select: 'own' },
  reservations: { select: 'own' },
  retention_rules: { select: 'all' },
  service_heartbeats: { select: 'none', isForAdmins: true },
  strategies: { select: 'own' },
  strategy_deployments: { select: 'own' },
  strategy_positions: { select: 'own' },
  strategy_runs: { select: 'own' },
  strategy_versions: { select: 'own' },
  tick_bands: { select: 'all' },
  trading_arms: { select: 'own' },
  trading_halts: { select: 'own' },
  trading_instances: { select: 'none' },
  trading_permissions: { select: 'own' },
  watchlists: { select: 'own', writes: ['insert', 'update', 'delete'] },
};

let db: TestDatabase;
let owner: string;
let stranger: string;
let admin: string;
/** Rows of `owner` by table; the stranger has the same. */
const ownedRows = new Map<string, number>();

beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  [owner, stranger, admin] = [await aTrader(db), await aTrader(db), await aTrader(db, { isAdmin: true })];
  for (const user of [owner, stranger]) await oneOfEach(user);
  await db.pool.query(`insert into service_heartbeats (service, instance) values ('trading', 'a');
    insert into broker_tokens (app_key_tag, environment, sealed, issued_at, expires_at) values ('t', 'paper', 's', now(), now());
    insert into trading_instances (id, expires_at) values (gen_random_uuid(), now());
    insert into nas_keys (key_id, public_key, fingerprint) values ('k', 'p', 'f');
    insert into bar_chunks (stock_code, timeframe, year, bars, bytes, hash) values ('${SHARE.code}', '1d', 2026, 0, '', '');
    insert into invitations (email) values ('guest@test.local');
    insert into quotes (stock_code, last_price) values ('${SHARE.code}', 70000);
    insert into datasets values ('test', '2026-01-01', '2026-01-02', 1, 1, true, false, 'h')`);
});
afterAll(() => db?.drop());

async function oneOfEach(user: string): Promise<void> {
  const account = await anAccount(db, user);
  const { order } = await place(db, user, { accountId: account });
  const strategy = randomUUID();
  const deployment = randomUUID();
  const backtest = randomUUID();
  const optimisation = randomUUID();
  const statements: readonly (readonly [string, unknown[]])[] = [
    ['insert into account_leases (account_id, instance_id, token) values ($1, $1, 1)', [account]],
    [`insert into audit_log (actor_id, action) values ($1, 'test')`, [user]],
    [`insert into strategies (id, user_id, name) values ($1, $2, 's')`, [strategy, user]],
    [`insert into strategy_versions (strategy_id, version, user_id, document, hash) values ($1, 1, $2, '{}', 'h')`, [strategy, user]],
    [
      'insert into strategy_deployments (id, user_id, strategy_id, version, broker_account_id, capital) values ($1, $2, $3, 1, $4, 1)',
      [deployment, user, strategy, account],
    ],
    [`insert into strategy_positions (deployment_id, user_id, stock_code) values ($1, $2, 'X')`, [deployment, user]],
    ['insert into strategy_runs (deployment_id, tick, user_id) values ($1, now(), $2)', [deployment, user]],
    [`insert into backtests (id, user_id, request) values ($1, $2, '{}')`, [backtest, user]],
    [`insert into backtest_trades (backtest_id, seq, user_id, trade) values ($1, 1, $2, '{}')`, [backtest, user]],
    [`insert into backtest_series (backtest_id, name, user_id, points) values ($1, 'equity', $2, '[]')`, [backtest, user]],
    [
      `insert into optimisations (id, user_id, request, is_whole_market, cells, chunk_cells, chunks) values ($1, $2, '{}', true, 1, 1, 1)`,
      [optimisation, user],
    ],
    [
      'insert into optimisation_chunks (optimisation_id, number, user_id, first_cell, last_cell) values ($1, 0, $2, 0, 0)',
      [optimisation, user],
    ],
    [
      'insert into executions (order_id, user_id, broker_account_id, stock_code, side, quantity, amount, cum_quantity_after, basis, as_of) values ($1, $2, $3, $4, $5, 1, 1, 1, $6, now())',
      [order.id, user, account, SHARE.code, 'buy', 'inquiry'],
    ],
    ['insert into order_attempts (order_id, attempt_no, kind, instance_id, lease_token) values ($1, 1, $2, $1, 1)', [order.id, 'submit']],
    ['insert into investment_settings (user_id) values ($1)', [user]],
    ['insert into market_feeds (broker_account_id) values ($1)', [account]],
    [`insert into notifications (user_id, kind) values ($1, 'test')`, [user]],
    [`insert into permission_requests (user_id, wanted) values ($1, '{}')`, [user]],
    ['insert into quote_interest (user_id, stock_code) values ($1, $2)', [user, SHARE.code]],
    ['insert into real_positions (user_id, broker_account_id, stock_code) values ($1, $2, $3)', [user, account, SHARE.code]],
    [
      'insert into reconciliation_breaks (broker_account_id, user_id, stock_code, ours, theirs, closed_at) values ($1, $2, $3, 1, 2, now())',
      [account, user, 'X'],
    ],
    [
      `insert into corporate_actions (broker_account_id, user_id, stock_code, day, state, ours_quantity, ours_amount) values ($1, $2, 'X', now(), 'applied', 1, 1)`,
      [account, user],
    ],
    [
      `insert into cash_flows (id, broker_account_id, user_id, day, at, amount, source) values (gen_random_uuid(), $1, $2, now(), now(), 1, 'in_day')`,
      [account, user],
    ],
    [
      `insert into reconciliations (broker_account_id, user_id, kind, day, started_at, ended_at, result) values ($1, $2, 'cash', now(), now(), now(), 'agreed')`,
      [account, user],
    ],
    [`insert into trading_arms (user_id, session_id, expires_at) values ($1, 's', now())`, [user]],
    [`insert into trading_halts (scope, scope_id, level) values ('user', $1, 'none')`, [user]],
    ['insert into watchlists (user_id) values ($1)', [user]],
    [
      `insert into protective_stops (user_id, broker_account_id, stock_code, kind, trigger_price, quantity) values ($1, $2, $3, 'stop_loss', 1, 1)`,
      [user, account, SHARE.code],
    ],
  ];
  for (const [sql, values] of statements) await db.pool.query(sql, values);
  for (const table of Object.keys(DECISIONS)) {
    const where = OWNED_BY[table] ?? 'user_id = $1';
    if (DECISIONS[table]?.select !== 'own') continue;
    ownedRows.set(table, Number((await db.pool.query(`select count(*) from public.${table} where ${where}`, [user])).rows[0].count));
  }
}
const OWNED_BY: Record<string, string> = {
  market_feeds: 'broker_account_id in (select id from broker_accounts where user_id = $1)',
  trading_halts: `scope = 'user' and scope_id = $1::text`,
};

const people = () => ({
  owner: <T>(work: Work<T>) => db.asUser(owner, work),
  stranger: <T>(work: Work<T>) => db.asUser(stranger, work),
  anonymous: <T>(work: Work<T>) => db.asAnon(work),
});
const visible = async (
  who: <T>(work: Work<T>) => Promise<T>,
  table: string,
  where = 'true',
  values: unknown[] = [],
): Promise<number | 'refused'> => {
  try {
    return await who(async (client) =>
      Number((await client.query(`select count(*) from public.${table} where ${where}`, values)).rows[0].count),
    );
  } catch (error) {
    if ((error as pg.DatabaseError).code === '42501') return 'refused';
    throw error;
  }
};
const refusedWrite = async (work: Promise<pg.QueryResult>): Promise<boolean> => {
  try {
    return (await work).rowCount === 0;
  } catch (error) {
    if ((error as pg.DatabaseError).code === '42501') return true;
    throw error;
  }
};

describe('every public table', () => {
  test('has a decision here, row level security on and a comment', async () => {
    const { rows } = await db.pool.query(
      `select c.relname as name, c.relrowsecurity as rls, obj_description(c.oid) as comment from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') order by 1`,
    );
    expect(rows.map((row) => row.name)).toEqual(Object.keys(DECISIONS).sort());
    expect(rows.filter((row) => !row.rls || !row.comment)).toEqual([]);
  });

  test('tells what each of its prices, amounts and rates means', async () => {
    const { rows } = await db.pool.query(
      `select c.relname || '.' || a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid = 'numeric'::regtype and a.attnum > 0
         and col_description(c.oid, a.attnum) is null`,
    );
    expect(rows).toEqual([]);
  });

  test('has a comment on every policy of ours', async () => {
    const { rows } = await db.pool.query(
      `select p.polrelid::regclass || ': ' || p.polname as policy from pg_policy p join pg_class c on c.oid = p.polrelid
       where c.relnamespace = 'public'::regnamespace and obj_description(p.oid, 'pg_policy') is null`,
    );
    expect(rows).toEqual([]);
  });

  const tables = Object.entries(DECISIONS).map(([table, decision]) => ({ table, ...decision, writes: decision.writes ?? [] }));

  test.each(tables)('$table is read by its owner ($select), not by strangers, never without a session', async ({ table, select }) => {
    const { owner: asOwner, stranger: asStranger, anonymous } = people();
    expect(await visible(anonymous, table)).toBe('refused');
    const where = OWNED_BY[table] ?? 'user_id = $1';
    if (select === 'own') {
      const mine = ownedRows.get(table);
      expect(mine).toBeGreaterThan(0);
      expect(await visible(asOwner, table, where, [owner])).toBe(mine);
      expect(await visible(asStranger, table, where, [owner])).toBe(0);
    } else if (select === 'all') {
      expect(await visible(asOwner, table)).toBeGreaterThan(0);
    } else {
      expect(['refused', 0]).toContain(await visible(asOwner, table));
    }
  });

  test.each(tables.filter((row) => row.isForAdmins))('$table is read by administrators', async ({ table }) => {
    expect(await visible((work) => db.asUser(admin, work), table)).toBeGreaterThan(0);
  });

  test.each(tables)('$table takes no write that was not decided, from owner, stranger or anonymous', async ({ table, writes }) => {
    const { rows } = await db.pool.query(
      `select a.attname as name from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = '' order by a.attnum`,
      [`public.${table}`],
    );
    const column = rows.some((row) => row.name === 'user_id') ? 'user_id' : rows[0].name;
    for (const [name, who] of Object.entries(people())) {
      // What signed-in people may write of their own rows is tried below; anonymous visitors may write nothing at all.
      const decided = name === 'anonymous' ? [] : writes;
      const tried = {
        insert: `insert into public.${table} default values`,
        update:
          table === 'profiles'
            ? `update public.profiles set locale = 'en' where user_id <> auth.uid()`
            : `update public.${table} set ${column} = ${column}`,
        delete: `delete from public.${table}`,
        truncate: `truncate public.${table} cascade`,
      };
      for (const [action, sql] of Object.entries(tried)) {
        if ((decided as readonly string[]).includes(action) && table !== 'profiles') continue;
        expect(await refusedWrite(who((client) => client.query(sql))), `${name}: ${action}`).toBe(true);
      }
    }
  });

  test.each(tables.filter((row) => row.writes.includes('delete')))(
    '$table: people change only rows of their own and cannot give them away',
    async ({ table }) => {
      const before = await db.pool.query(`select to_jsonb(t) from public.${table} t where user_id = $1`, [owner]);
      await db.asUser(stranger, (client) =>
        client.query(`update public.${table} set updated_at = '2001-01-01' where user_id = $1`, [owner]),
      );
      await db.asUser(stranger, (client) => client.query(`delete from public.${table} where user_id = $1`, [owner]));
      expect((await db.pool.query(`select to_jsonb(t) from public.${table} t where user_id = $1`, [owner])).rows).toEqual(before.rows);
      await expect(db.asUser(stranger, (client) => client.query(`update public.${table} set user_id = $1`, [owner]))).rejects.toThrow(
        /row-level security/,
      );
      const removed = await db.asUser(stranger, (client) => client.query(`delete from public.${table}`));
      expect(removed.rowCount).toBe(1);
      await expect(
        db.asUser(stranger, (client) => client.query(`insert into public.${table} (user_id) values ($1)`, [owner])),
      ).rejects.toThrow(/row-level security/);
      await db.asUser(stranger, (client) => client.query(`insert into public.${table} default values`));
      expect((await db.pool.query(`select user_id from public.${table} where user_id = $1`, [stranger])).rows).toHaveLength(1);
    },
  );
});

describe('the ciphertext', () => {
  test('is readable by nobody through the API, in no way', async () => {
    for (const column of ['encrypted_credentials', 'app_key_tag', '*']) {
      await expect(db.asUser(owner, (client) => client.query(`select ${column} from broker_accounts`))).rejects.toThrow(
        'permission denied',
      );
    }
    for (const place of ['account_changed']) {
      const { rows } = await db.pool.query(`select payload from realtime.messages where event = $1`, [place]);
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain('secret');
    }
  });
});

describe('nobody raises their own', () => {
  test.each([
    `update trading_permissions set daily_trade_limit = 1e15`,
    `update trading_permissions set can_real_trade = true`,
    `insert into trading_permissions (user_id, can_real_trade) values (auth.uid(), true)`,
    `update profiles set is_admin = true`,
    `insert into profiles (user_id, is_admin) values (auth.uid(), true)`,
    `update platform_settings set real_enabled = true`,
    `update broker_accounts set verified_at = now(), environment_verified_at = now(), is_paper_account = false`,
    `insert into broker_accounts (user_id, broker_type, environment_verified_at) values (auth.uid(), 'kis', now())`,
    `insert into trading_arms (user_id, session_id, expires_at) values (auth.uid(), 'x', 'infinity')`,
    `insert into real_orders (user_id, stock_code, order_type, quantity) values (auth.uid(), 'X', 'buy', 1)`,
    `update real_orders set order_status = 'executed'`,
    `update real_positions set quantity = 1000000`,
    `insert into strategy_deployments (user_id, strategy_id, version, broker_account_id, capital) select user_id, strategy_id, 1, broker_account_id, 1 from strategy_deployments`,
    `delete from audit_log`,
    `select * from private.event_heads`,
    `select private.move_order(null, 'executed', 'x', 'user')`,
    `select private.set_admin('me@test.local', true)`,
    `select graphile_worker.add_job('backtest')`,
    `select encrypted_password from auth.users`,
  ])('%s', async (sql) => {
    await expect(db.asUser(owner, (client) => client.query(sql))).rejects.toThrow(/permission denied|row-level security/);
  });

  test.each([
    ['set_trading_permission($1, true, true, 1, 1, 1, null)', 'forbidden'],
    [`set_platform_settings(jsonb_build_object('real_enabled', true, 'for', $1::text))`, 'forbidden'],
    [`set_feed_scope($1, 'shared')`, 'forbidden'],
    [`decide_request($1, 'granted')`, 'forbidden'],
    ['invite_person($1::text)', 'forbidden'],
    ['withdraw_invitation($1::text)', 'forbidden'],
    ['admin_users() where $1::uuid is not null', 'forbidden'],
    [`set_halt('platform', '', 'none', $1::text)`, 'forbidden'],
    [`set_halt('user', $1::text, 'halt', 'no')`, 'forbidden'],
    [`set_deployment_state((select id from strategy_deployments where user_id = $1 limit 1), 'stopped')`, 'deployment_not_found'],
    ['remove_account($1)', 'account_not_found'],
    ['test_account($1)', 'account_not_found'],
    ['cancel_backtest($1)', 'backtest_not_found'],
    ['cancel_optimisation($1)', 'optimisation_not_found'],
    ['archive_strategy($1)', 'strategy_not_found'],
  ])('a person is refused %s', async (call, code) => {
    expect((await refusalOf(db.asUser(stranger, (client) => client.query(`select * from ${call}`, [owner])))).code).toBe(code);
  });
});

/** Who may call what. A new public function without a line here fails. */
const PEOPLE = [
  'place_order', 'replace_order', 'cancel_order', 'resolve_unknown', 'save_credentials', 'open_paper_account', 'test_account', 'remove_account', 'save_strategy', 'archive_strategy',
  'start_backtest', 'cancel_backtest', 'start_optimisation', 'cancel_optimisation', 'deploy_strategy', 'set_deployment_state', 'watch_quotes', 'request_permission', 'arm_real_trading',
  'set_halt', 'set_protective_stop', 'cancel_protective_stop', 'set_risk_limits', 'risk_limits', 'order_facts', 'mark_notifications_read', 'admin_users', 'set_trading_permission', 'set_platform_settings', 'set_feed_scope', 'decide_request',
  'invite_person', 'withdraw_invitation', 'halt_progress', 'admin_unknown_orders', 'my_broker_quotas', 'accept_break', 'classify_cash_flow', 'account_valuations', 'settle_corporate_action', 'holding_shares',
]; // biome-ignore format: a list of words
const QUOTA = ['open_broker_quota', 'claim_broker_calls', 'lease_broker_reserve', 'slow_broker_calls'];
const FLEET: Record<string, readonly string[]> = {
  narae_trading: [
    'renew_instance',
    'take_leases',
    'drop_instance',
    'work_of',
    'order_release',
    'begin_attempt',
    'finish_attempt',
    'mark_unknown',
    'adopt_broker_order',
    'set_candidates',
    'deny_order',
    'apply_broker_cum',
    'apply_broker_cancelled',
    'resize_replacement',
    'apply_notice',
    'settle_order',
    'expire_day',
    'put_balance',
    'put_holding',
    'adopt_external',
    'set_credential_state',
    'record_reconciliation',
    'check_cash',
    'raise_halt',
    'check_halts',
    'sweep_cancel_all',
    'fire_stop',
    'sync_stops',
    'arm_deployment_stops',
    'raise_stops',
    'tell_stop_feed',
    'beat',
    ...QUOTA,
  ],
  narae_market: ['publish_quotes', 'beat', ...QUOTA],
  narae_scheduler: [
    'claim_run',
    'finish_run',
    'fail_deployment',
    'hold_back_orders',
    'place_order_for_deployment',
    'wake_account',
    'record_reconciliation',
    'verify_chain',
    'apply_retention',
    'beat',
  ],
  narae_gateway: ['wake_account', 'beat'],
  narae_worker: [
    'claim_chunk',
    'renew_chunk',
    'release_chunk',
    'fail_chunk',
    'complete_chunk',
    'fail_optimisation',
    'take_whole_market',
    'give_back_whole_market',
    'has_whole_market_chunk',
    'beat',
  ],
};

describe('functions', () => {
  test('of the public schema are callable by exactly the decided roles, and each has a comment', async () => {
    const roles = ['anon', 'authenticated', 'service_role', ...Object.keys(FLEET)];
    const { rows } = await db.pool.query(
      `select p.proname as name, obj_description(p.oid) as comment, p.prosecdef as definer, p.proconfig as config,
         array(select r from unnest($1::text[]) r where has_function_privilege(r, p.oid, 'execute')) as callers
       from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1`,
      [roles],
    );
    const expected = (name: string) => [
      ...(PEOPLE.includes(name) ? ['authenticated'] : []),
      ...Object.entries(FLEET)
        .filter(([, names]) => names.includes(name))
        .map(([role]) => role),
    ];
    for (const row of rows) {
      expect(row.callers.sort(), row.name).toEqual(expected(row.name).sort());
      expect(row.callers.length, row.name).toBeGreaterThan(0);
      expect(row.comment, row.name).toBeTruthy();
      expect(row.definer, row.name).toBe(true);
      expect(row.config, row.name).toContain('search_path=""');
    }
  });

  test('of the private schema are not callable by people, but for what policies ask', async () => {
    const { rows } = await db.pool.query(
      `select proname from pg_proc where pronamespace = 'private'::regnamespace
         and (has_function_privilege('anon', oid, 'execute') or has_function_privilege('authenticated', oid, 'execute')
           or has_function_privilege('narae_worker', oid, 'execute')) order by 1`,
    );
    expect(rows.map((row) => row.proname)).toEqual(['is_admin', 'my_feeds']);
  });

  test('all have a comment and an empty search path', async () => {
    const { rows } = await db.pool.query(
      `select proname from pg_proc where pronamespace = 'private'::regnamespace and (obj_description(oid) is null or proconfig is null)`,
    );
    expect(rows).toEqual([]);
  });
});

describe('a service of the fleet', () => {
  const asService = async (role: string, sql: string) => {
    const client = new pg.Client({ connectionString: db.url(role) });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };

  test.each([
    ['narae_worker', 'select * from real_orders'],
    ['narae_worker', 'select encrypted_credentials from broker_accounts'],
    ['narae_worker', `update backtests set user_id = gen_random_uuid()`],
    ['narae_worker', `update optimisations set state = 'done'`],
    ['narae_worker', `delete from optimisation_chunks`],
    ['narae_worker', `select place_order_for_deployment(null, null, null, null, null, null, null, null)`],
    ['narae_worker', `select begin_attempt(null, 'submit', null, 1)`],
    ['narae_scheduler', 'select encrypted_credentials from broker_accounts'],
    ['narae_scheduler', `select finish_attempt(1, 'accepted')`],
    ['narae_scheduler', 'update strategy_positions set quantity = 5'],
    ['narae_gateway', 'select encrypted_credentials from broker_accounts'],
    ['narae_gateway', `update real_orders set order_status = 'cancelled'`],
    ['narae_market', `update real_orders set order_status = 'cancelled'`],
    ['narae_market', `insert into real_positions (user_id, stock_code) values (gen_random_uuid(), 'X')`],
    ['narae_trading', `update real_orders set order_status = 'cancelled'`],
    ['narae_trading', `update trading_permissions set daily_trade_limit = 1e15`],
    [
      'narae_trading',
      `insert into order_attempts (order_id, attempt_no, kind, instance_id, lease_token) select id, 9, 'submit', id, 1 from real_orders`,
    ],
    ['narae_trading', `select place_order(null, null, null, null, null, null, null, null)`],
  ])('%s may not: %s', async (role, sql) => {
    await expect(asService(role, sql)).rejects.toThrow('permission denied');
  });

  test.each([
    ['narae_worker', `update backtests set state = 'running', progress = 0.5`, 2],
    ['narae_worker', 'select * from backtest_trades', 2],
    ['narae_worker', 'select * from optimisation_chunks', 2],
    ['narae_trading', 'select id, encrypted_credentials from broker_accounts', 2],
    ['narae_trading', 'select * from order_events', 2],
    ['narae_scheduler', 'select * from strategy_deployments', 2],
    ['narae_scheduler', 'select id, environment_verified_at from broker_accounts', 2],
    ['narae_gateway', 'select * from real_orders', 2],
    ['narae_market', 'update quotes set last_price = 70100', 1],
    ['narae_market', 'select * from quote_interest', 2],
  ])('%s may: %s', async (role, sql, rows) => {
    expect((await asService(role, sql)).rowCount).toBe(rows);
  });

  test('the secret key reads orders and writes none', async () => {
    expect((await db.asService((client) => client.query('select * from real_orders'))).rowCount).toBe(2);
    await expect(db.asService((client) => client.query(`update real_orders set price = 1`))).rejects.toThrow('permission denied');
  });
});

describe('a Realtime topic', () => {
  /** What the Realtime server does on join: a row is written and the person must be able to read it; then it rolls back. */
  const mayJoin = async (who: <T>(work: Work<T>) => Promise<T>, topic: string): Promise<boolean> => {
    const probe = randomUUID();
    await db.pool.query(`insert into realtime.messages (id, topic, extension) values ($1, $2, 'broadcast')`, [probe, topic]);
    const seen = await who(async (client) => {
      await client.query(`select set_config('realtime.topic', $1, true)`, [topic]);
      return (await client.query('select 1 from realtime.messages where id = $1', [probe])).rowCount;
    });
    await db.pool.query('delete from realtime.messages where id = $1', [probe]);
    return seen === 1;
  };
  const places = [
    'orders',
    'positions',
    'executions',
    'balances',
    'backtests',
    'optimisations',
    'deployments',
    'accounts',
    'permissions',
    'quotes',
    'notifications',
  ];

  test.each(places)('user:{id}:%s is heard by its owner alone', async (name) => {
    const topic = `user:${owner}:${name}`;
    const { owner: asOwner, stranger: asStranger, anonymous } = people();
    expect(await Promise.all([asOwner, asStranger, anonymous].map((who) => mayJoin(who, topic)))).toEqual([true, false, false]);
    expect(await mayJoin((work) => db.asUser(admin, work), topic)).toBe(false);
  });

  test.each([
    { topic: 'platform:state', heard: [true, true, false, true] },
    { topic: 'admin:fleet', heard: [false, false, false, true] },
    { topic: 'user:', heard: [false, false, false, false] },
    { topic: 'user::orders', heard: [false, false, false, false] },
    { topic: 'anything', heard: [false, false, false, false] },
  ])('$topic', async ({ topic, heard }) => {
    const { owner: asOwner, stranger: asStranger, anonymous } = people();
    const asAdmin = <T>(work: Work<T>) => db.asUser(admin, work);
    expect(await Promise.all([asOwner, asStranger, anonymous, asAdmin].map((who) => mayJoin(who, topic)))).toEqual(heard);
  });

  test('takes messages from nobody', async () => {
    for (const who of Object.values(people())) {
      await expect(
        who((client) =>
          client.query(`insert into realtime.messages (topic, extension, event, payload) values ($1, 'broadcast', 'x', '{}')`, [
            `user:${owner}:orders`,
          ]),
        ),
      ).rejects.toThrow('row-level security');
    }
  });

  test('carries the changed row with numbers as numbers to its owner', async () => {
    const { rows } = await db.pool.query(`select event, payload, private from realtime.messages where topic = $1`, [
      `user:${owner}:orders`,
    ]);
    expect(rows[0]).toMatchObject({
      event: 'order_changed',
      private: true,
      payload: { user_id: owner, quantity: 10, price: 70_000, order_status: 'pending' },
    });
    const backtest = await db.pool.query(`select payload from realtime.messages where topic = $1`, [`user:${owner}:backtests`]);
    expect(Object.keys(backtest.rows[0].payload).sort()).toEqual(['eta_seconds', 'id', 'message', 'progress', 'result_hash', 'state']);
  });

  test('platform:state tells of platform halts, and of nobody’s own', async () => {
    const { rows } = await db.pool.query(`select payload from realtime.messages where topic = 'platform:state' and event = 'halt_changed'`);
    expect(rows).toEqual([]);
    expect(
      (await db.pool.query(`select 1 from realtime.messages where topic = $1 and event = 'halt_changed'`, [`user:${owner}:permissions`]))
        .rowCount,
    ).toBe(1);
  });
});
