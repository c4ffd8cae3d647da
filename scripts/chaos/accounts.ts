import { randomBytes, randomUUID } from 'node:crypto';
import { sealCredentials } from '#lib/credentials/account-credentials.ts';
import { ensureSealingKey } from '#lib/db/fleet/sealing-key.ts';
import { type ListedSymbol, listMarket } from '#nas/trading/testing/list-market.ts';
import type { ProvisionInput } from '#nas/venue/provision.ts';
import type { ChaosDatabase } from './database.ts';
import type { Part } from './rpc.ts';
import { CHAOS_DAY } from './time.ts';

export interface ChaosAccount {
  readonly index: number;
  readonly id: string;
  readonly userId: string;
  readonly environment: 'real' | 'paper';
  readonly appKey: string;
  /** As the venue names it. */
  readonly venueId: string;
}

const SYMBOLS_AN_ACCOUNT = 16;
const CASH = 1_000_000_000_000;
const SHARES = 10_000_000;

/** Each account trades its own symbols, so that nobody's orders meet anybody else's. */
export function symbolsOf(index: number): readonly string[] {
  return Array.from({ length: SYMBOLS_AN_ACCOUNT }, (_, at) => String(800_000 + index * SYMBOLS_AN_ACCOUNT + at));
}

/** The platform open, the venue's symbols listed, today a trading day. */
export async function openPlatform(database: ChaosDatabase, listed: readonly ListedSymbol[]): Promise<void> {
  const { pool } = database;
  await pool.query('update public.platform_settings set orders_enabled = true, auto_enabled = true, real_enabled = true');
  await listMarket(pool, listed, CHAOS_DAY);
  // Accounts that no wake-up reaches: their notifications and jobs are lost, only the poll finds their orders.
  await pool.query(`
    create table private.deaf_accounts (account_id uuid primary key);
    alter function private.wake_account rename to wake_account_heard;
    create function private.wake_account(p_account_id uuid) returns void language plpgsql security definer set search_path = ''
    as $f$
    begin
      if not exists (select 1 from private.deaf_accounts d where d.account_id = p_account_id) then
        perform private.wake_account_heard(p_account_id);
      end if;
    end
    $f$;`);
}

/** People with an account each, at the venue and in the database. Every fourth is a paper account, every third hears no wake-up. */
export async function openAccounts(
  database: ChaosDatabase,
  venue: Part,
  input: { indexes: readonly number[]; credentialsDir: string; basePrice(symbol: string): number },
): Promise<ChaosAccount[]> {
  const { pool } = database;
  const key = await ensureSealingKey(pool, input.credentialsDir);
  const accounts: ChaosAccount[] = [];
  for (const index of input.indexes) {
    const environment = index % 4 === 3 ? 'paper' : 'real';
    const credentials = {
      appKey: `PS${randomBytes(17).toString('hex')}`,
      appSecret: randomBytes(60).toString('base64'),
      accountNumber: String(50_000_000 + index),
      productCode: '01',
      htsId: `c${index}`,
    };
    const holdings = symbolsOf(index).map((symbol) => ({ symbol, quantity: SHARES, averagePrice: input.basePrice(symbol) }));
    const atVenue: ProvisionInput = { ...credentials, environment, cash: CASH, holdings };
    await venue.ask('provision', [atVenue]);
    const id = randomUUID();
    const userId = await createTrader(pool);
    const context = { userId, accountId: id, brokerType: 'kis', isPaper: environment === 'paper', keyId: key.keyId };
    const sealed = await sealCredentials(key.publicKey, context, credentials);
    await pool.query(
      `insert into public.broker_accounts (id, user_id, broker_type, is_paper_account, encrypted_credentials, key_id, label)
       values ($1, $2, 'kis', $3, $4, $5, '혼돈')`,
      [id, userId, context.isPaper, JSON.stringify(sealed), key.keyId],
    );
    if (index % 3 === 2) await pool.query('insert into private.deaf_accounts values ($1)', [id]);
    accounts.push({
      index,
      id,
      userId,
      environment,
      appKey: credentials.appKey,
      venueId: `${environment}:${credentials.accountNumber}-01`,
    });
  }
  return accounts;
}

async function createTrader(pool: ChaosDatabase['pool']): Promise<string> {
  const userId = randomUUID();
  await pool.query(
    `insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
     values ($1, 'authenticated', 'authenticated', $2, now(), '{"provider":"email","providers":["email"]}', '{}')`,
    [userId, `${userId}@chaos.local`],
  );
  await pool.query(
    `insert into public.trading_permissions (user_id, can_paper_trade, can_real_trade, daily_trade_limit, max_position_size, daily_order_limit)
     values ($1, true, true, 9e14, 9e14, 1000000)
     on conflict (user_id) do update set can_paper_trade = true, can_real_trade = true, daily_trade_limit = excluded.daily_trade_limit,
       max_position_size = excluded.max_position_size, daily_order_limit = excluded.daily_order_limit`,
    [userId],
  );
  await pool.query(
    `insert into public.trading_arms (user_id, session_id, expires_at) values ($1::uuid, $1::text, now() + interval '2 days')`,
    [userId],
  );
  return userId;
}
