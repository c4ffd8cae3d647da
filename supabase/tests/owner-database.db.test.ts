import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { bootstrap } from '#supabase/local/bootstrap.ts';
import { deployDatabase, MIGRATIONS_DIR } from '#supabase/local/migrate.ts';

/** The database of the owner's running system, as its document describes it, with columns we have never heard of. */
const OWNER_SQL = `
create table public.strategies (
  id uuid primary key default gen_random_uuid(), user_id uuid references auth.users (id), name varchar(100) not null, description text,
  indicators jsonb not null, conditions jsonb not null, is_active boolean default true, magic_number integer not null,
  created_at timestamptz default now(), updated_at timestamptz default now());
create table public.broker_accounts (
  id uuid primary key default gen_random_uuid(), user_id uuid references auth.users (id) on delete cascade,
  broker_type varchar(20) not null check (broker_type in ('kis', 'ebest')), account_number varchar(50) not null,
  encrypted_credentials text not null, is_paper_account boolean default true, is_active boolean default true, nickname text,
  created_at timestamptz default now());
create table public.real_orders (
  id uuid primary key default gen_random_uuid(), user_id uuid references auth.users (id), broker_account_id uuid references public.broker_accounts (id),
  strategy_id uuid references public.strategies (id), stock_code varchar(10) not null, stock_name varchar(50),
  order_type varchar(4) not null check (order_type in ('buy', 'sell')),
  order_status varchar(20) default 'pending' constraint owner_status check (order_status in ('pending', 'executed', 'cancelled', 'failed')),
  quantity integer not null, price decimal(10,2) not null, executed_price decimal(10,2), broker_order_id varchar(50), memo_of_owner text not null,
  created_at timestamptz default now(), executed_at timestamptz);
create table public.real_positions (
  id uuid primary key default gen_random_uuid(), user_id uuid references auth.users (id), broker_account_id uuid references public.broker_accounts (id),
  stock_code varchar(10) not null, stock_name varchar(50), quantity integer not null, avg_price decimal(10,2) not null, current_price decimal(10,2),
  profit_loss decimal(12,2), profit_loss_rate decimal(5,2), color text);
create table public.trading_permissions (
  id uuid primary key default gen_random_uuid(), user_id uuid references auth.users (id), can_paper_trade boolean default true,
  can_real_trade boolean default false, daily_trade_limit decimal(10,2), max_position_size decimal(10,2), approved_by uuid, note text,
  created_at timestamptz default now());
alter table public.strategies enable row level security;
alter table public.broker_accounts enable row level security;
alter table public.real_orders enable row level security;
alter table public.real_positions enable row level security;
alter table public.trading_permissions enable row level security;
create policy "Users manage own strategies" on public.strategies for all using (auth.uid() = user_id);
create policy "Users manage own accounts" on public.broker_accounts for all using (auth.uid() = user_id);
create policy "내 주문" on public.real_orders for all using (auth.uid() = user_id and order_status is not null) with check (auth.uid() = user_id);
create policy "Users own positions" on public.real_positions for all using (auth.uid() = user_id);
create policy "perm" on public.trading_permissions for all using (auth.uid() = user_id);

insert into auth.users (id, aud, role, email) values ('${'0'.repeat(8)}-0000-4000-8000-000000000001', 'authenticated', 'authenticated', 'owner@test.local');
insert into public.strategies (id, user_id, name, indicators, conditions, magic_number)
  values ('10000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', '골든크로스', '[{"type":"sma"}]', '{"buy":[1]}', 7);
insert into public.broker_accounts (id, user_id, broker_type, account_number, encrypted_credentials, is_paper_account, nickname)
  values ('20000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', 'ebest', '12345678901', 'U2FsdGVkX1 "quoted" {"iv":1}', false, 'main');
insert into public.real_orders (id, user_id, broker_account_id, strategy_id, stock_code, stock_name, order_type, order_status, quantity, price, executed_price, broker_order_id, memo_of_owner, executed_at)
  values ('30000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', '005930', '삼성전자', 'buy', 'executed', 3, 71000.00, 70900.50, '0001', 'first', now()),
         ('30000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', null, '005930', '삼성전자', 'sell', 'pending', 1, 72000, null, null, 'never sent', null),
         ('30000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', null, '000660', 'SK', 'buy', 'failed', 1, 1, null, null, 'a word we do not use', null);
insert into public.real_positions (id, user_id, broker_account_id, stock_code, stock_name, quantity, avg_price, profit_loss_rate, color)
  values ('40000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', '20000000-0000-4000-8000-000000000001', '005930', '삼성전자', 3, 70900.50, 12.34, 'red');
insert into public.trading_permissions (id, user_id, can_real_trade, daily_trade_limit, max_position_size, note)
  values ('50000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', true, 5000000.00, 99999999.99, 'vip');
`;
const OWNER = '00000000-0000-4000-8000-000000000001';
const TABLES = ['strategies', 'broker_accounts', 'real_orders', 'real_positions', 'trading_permissions'] as const;
type Rows = Record<(typeof TABLES)[number], Record<string, unknown>[]>;

let server: TestDatabase;
let pool: pg.Pool;
let before: Rows;
let name: string;

/** A database that is bootstrapped like a hosted project but has none of our migrations. */
async function anUnmigratedDatabase(): Promise<string> {
  const database = `bare_${Math.random().toString(36).slice(2)}`;
  await server.pool.query(`create database ${database}`);
  const url = new URL(server.url());
  url.pathname = `/${database}`;
  await bootstrap({ url: url.href, passwordOf: () => url.password });
  return url.href;
}
const rowsOf = async (client: pg.Pool): Promise<Rows> => {
  const found = {} as Rows;
  for (const table of TABLES)
    found[table] = (await client.query(`select to_jsonb(t) as row from public.${table} t order by id`)).rows.map((r) => r.row);
  return found;
};

beforeAll(async () => {
  server = await createTestDatabase();
  const url = await anUnmigratedDatabase();
  name = new URL(url).pathname.slice(1);
  pool = survivingLoss(new pg.Pool({ connectionString: url, max: 3 }));
  await pool.query(OWNER_SQL);
  before = await rowsOf(pool);
  await deployDatabase(url);
});
afterAll(async () => {
  await pool?.end();
  await server?.drop();
});

const asOwner = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`, [
      JSON.stringify({ sub: OWNER, role: 'authenticated' }),
    ]);
    return await work(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
};

describe('over the owner’s database', () => {
  test.each(TABLES)('%s keeps every id, value and unknown column', async (table) => {
    const after = (await rowsOf(pool))[table];
    for (const [n, row] of before[table].entries()) {
      const kept = after[n] as Record<string, unknown>;
      // A ciphertext stored as text is now one JSON string with the same text; everything else is equal as it stands.
      expect(Object.fromEntries(Object.keys(row).map((column) => [column, kept[column]]))).toEqual(row);
    }
    expect(after).toHaveLength(before[table].length);
  });

  test('a ciphertext gives back the very same text', async () => {
    const { rows } = await pool.query(`select encrypted_credentials #>> '{}' as text from broker_accounts`);
    expect(rows[0].text).toBe('U2FsdGVkX1 "quoted" {"iv":1}');
  });

  test('the owner’s strategy is version 0, whole, and cannot run', async () => {
    const { rows } = await pool.query('select version, document, user_id from strategy_versions');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      version: 0,
      user_id: OWNER,
      document: { name: '골든크로스', indicators: [{ type: 'sma' }], magic_number: 7 },
    });
    const run = asOwner((client) =>
      client.query(
        `select start_backtest('10000000-0000-4000-8000-000000000001', 0, 'x', '{"document":{},"from":"2020-01-01","to":"2020-12-31"}')`,
      ),
    );
    await expect(run).rejects.toThrow('strategy_not_runnable');
  });

  test('its owner reads the rows and may write none of them any more', async () => {
    expect((await asOwner((client) => client.query('select * from real_orders'))).rowCount).toBe(3);
    for (const sql of [
      `insert into real_orders (user_id, stock_code, order_type, quantity, price) values ('${OWNER}', '005930', 'buy', 1, 1)`,
      `update real_orders set order_status = 'executed'`,
      'delete from real_orders',
      'update real_positions set quantity = 9',
      'update trading_permissions set daily_trade_limit = 1e9',
      'update broker_accounts set is_paper_account = true',
      'delete from strategies',
      'select encrypted_credentials from broker_accounts',
      'select account_number from broker_accounts',
    ]) {
      await expect(
        asOwner((client) => client.query(sql)),
        sql,
      ).rejects.toThrow('permission denied');
    }
  });

  test('no FOR ALL policy lets people through any more', async () => {
    const { rows } = await pool.query(
      `select tablename, policyname from pg_policies where schemaname = 'public' and cmd = 'ALL' and roles && array['public', 'authenticated', 'anon']::name[]`,
    );
    expect(rows).toEqual([]);
  });

  test('an old pending order is never work: nobody sends it', async () => {
    expect((await pool.query(`select * from work_of('20000000-0000-4000-8000-000000000001')`)).rows).toEqual([]);
    expect((await pool.query(`select expire_day('20000000-0000-4000-8000-000000000001', '2100-01-01') as n`)).rows[0].n).toBe(0);
    const begin = pool.query(`select begin_attempt('30000000-0000-4000-8000-000000000002', 'submit', gen_random_uuid(), 1)`);
    await expect(begin).rejects.toThrow('order_not_found');
    const cancel = asOwner((client) => client.query(`select cancel_order('30000000-0000-4000-8000-000000000002')`));
    await expect(cancel).rejects.toThrow('order_not_found');
  });

  test('the owner’s account is inert until its keys are entered again and proved', async () => {
    const { rows } = await pool.query('select environment_verified_at, verified_at, credential_state from broker_accounts');
    expect(rows[0]).toEqual({ environment_verified_at: null, verified_at: null, credential_state: 'untested' });
  });

  test('new orders fit beside the old rows: words, sizes and mandatory columns of the owner stand in nobody’s way', async () => {
    await pool.query(
      `insert into real_orders (user_id, broker_account_id, stock_code, order_type, order_status, quantity, price, order_day, origin)
       values ($1, '20000000-0000-4000-8000-000000000001', '005930', 'buy', 'partially_filled', 3000000000, null, '2026-11-20', 'external')`,
      [OWNER],
    );
    await pool.query(`insert into strategies (user_id, name) values ($1, 'new')`, [OWNER]);
    await pool.query(`update trading_permissions set daily_trade_limit = 1000000000000`);
    await pool.query(
      `insert into real_positions (user_id, broker_account_id, stock_code) values ($1, '20000000-0000-4000-8000-000000000001', '000660')`,
      [OWNER],
    );
    await pool.query(`insert into broker_accounts (user_id, broker_type) values ($1, 'ls')`, [OWNER]);
  });

  test('a second run applies nothing and changes nothing', async () => {
    const now = await rowsOf(pool);
    const url = new URL(server.url());
    url.pathname = `/${name}`;
    expect(await deployDatabase(url.href)).toEqual({ applied: [], edited: [] });
    expect(await rowsOf(pool)).toEqual(now);
  });

  test('people who were there before have a profile, and their rights as they were', async () => {
    expect((await pool.query('select user_id, is_admin from profiles')).rows).toEqual([{ user_id: OWNER, is_admin: false }]);
    expect((await pool.query('select can_paper_trade, can_real_trade, note from trading_permissions')).rows).toEqual([
      { can_paper_trade: true, can_real_trade: true, note: 'vip' },
    ]);
  });
});

describe('over a database with credentials as jsonb', () => {
  test('they stay as they are', async () => {
    const url = await anUnmigratedDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`create table public.broker_accounts (id uuid primary key default gen_random_uuid(), user_id uuid references auth.users (id),
        broker_type varchar(20) not null, encrypted_credentials jsonb not null, is_paper_account boolean default true);
      insert into auth.users (id) values ('${OWNER}');
      insert into public.broker_accounts (user_id, broker_type, encrypted_credentials) values ('${OWNER}', 'kis', '{"iv":"a","data":"b"}')`);
    await deployDatabase(url);
    expect((await client.query('select encrypted_credentials from broker_accounts')).rows).toEqual([
      { encrypted_credentials: { iv: 'a', data: 'b' } },
    ]);
    await client.end();
  });
});

describe('refusals of the migrations', () => {
  test('without the job tables the sentence says what to run', async () => {
    const url = await anUnmigratedDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const dir = mkdtempSync(join(tmpdir(), 'migrations-'));
    for (const file of readdirSync(MIGRATIONS_DIR)) symlinkSync(join(MIGRATIONS_DIR, file), join(dir, file));
    const { migrate } = await import('#supabase/local/migrate.ts');
    await expect(migrate(client, dir)).rejects.toThrow('npm run db:deploy');
    rmSync(dir, { recursive: true });
    await client.end();
  });

  test('two permission rows of one person are for the owner to settle', async () => {
    const url = await anUnmigratedDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`create table public.trading_permissions (id uuid primary key default gen_random_uuid(), user_id uuid);
      insert into public.trading_permissions (user_id) values ('${OWNER}'), ('${OWNER}')`);
    await expect(deployDatabase(url)).rejects.toThrow('keep one row a person');
    expect((await client.query('select count(*)::int as n from trading_permissions')).rows[0].n).toBe(2);
    await client.end();
  });
});
