import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import type { TestClaims, TestDatabase } from '#lib/testing/database.ts';
import { createTestUser } from '#lib/testing/database.ts';

/** A listed share with limits for today; 100 won ticks from 50,000 won. */
export const SHARE = { code: '900010', base: 70_000, upper: 91_000, lower: 49_000 } as const;

/** Opens the platform and today's market (one session around now), and lists SHARE. */
export async function openMarket(db: TestDatabase): Promise<void> {
  await db.pool.query(
    `update platform_settings set orders_enabled = true, auto_enabled = true, real_enabled = true, members_allowed = true`,
  );
  await db.pool.query(
    `insert into instruments (stock_code, name_ko, market, kind, base_price, upper_limit, lower_limit, price_day)
     values ($1, '시험전자', 'KOSPI', 'stock', $2, $3, $4, private.seoul_day())
     on conflict (stock_code) do update set price_day = excluded.price_day`,
    [SHARE.code, SHARE.base, SHARE.upper, SHARE.lower],
  );
  await db.pool.query(
    `insert into market_calendar (market, day, session, order_from, open_at, close_at, source)
     values ('KRX', private.seoul_day(), 'regular', now() - interval '1 hour', now() - interval '1 hour', now() + interval '6 hours', 'test')
     on conflict (market, day, session) do update set order_from = excluded.order_from, open_at = excluded.open_at, close_at = excluded.close_at`,
  );
}

export interface TraderOptions {
  readonly dailyTradeLimit?: number | null;
  readonly maxPositionSize?: number | null;
  readonly dailyOrderLimit?: number;
  readonly isAdmin?: boolean;
}

/** A person who may trade on paper with wide limits. */
export async function aTrader(db: TestDatabase, options: TraderOptions = {}): Promise<string> {
  const id = await createTestUser(db.pool);
  const { dailyTradeLimit = 1e12, maxPositionSize = 1e12, dailyOrderLimit = 10_000, isAdmin = false } = options;
  await db.pool.query(
    `update trading_permissions set can_paper_trade = true, daily_trade_limit = $2, max_position_size = $3, daily_order_limit = $4 where user_id = $1`,
    [id, dailyTradeLimit, maxPositionSize, dailyOrderLimit],
  );
  await db.pool.query('update profiles set is_admin = $2 where user_id = $1', [id, isAdmin]);
  return id;
}

export interface AccountOptions {
  readonly isPaper?: boolean;
  readonly cash?: number | null;
  readonly feeRate?: number;
}

/** A proved account with cash and no fee. */
export async function anAccount(db: TestDatabase, userId: string, options: AccountOptions = {}): Promise<string> {
  const { isPaper = true, cash = 1e12, feeRate = 0 } = options;
  const id = randomUUID();
  await db.pool.query(
    `insert into broker_accounts (id, user_id, broker_type, is_paper_account, encrypted_credentials, verified_at, environment_verified_at,
       credential_state, commission_rate_krx)
     values ($1, $2, 'kis', $3, '{"v":1,"kid":"k","enc":"e","ct":"secret"}', now(), now(), 'ok', $4)`,
    [id, userId, isPaper, feeRate],
  );
  if (cash !== null) await db.pool.query('select put_balance($1, $2, $2, $2, $2, $2, now())', [id, cash]);
  return id;
}

export interface OrderInput {
  readonly accountId: string;
  readonly stockCode?: string | null;
  readonly side?: string | null;
  readonly quantity?: number | string | null;
  readonly priceType?: string | null;
  readonly price?: number | string | null;
  readonly intentKey?: string | null;
  readonly bodyHash?: string | null;
  readonly sendAt?: string | null;
  /** Tests mean what they repeat; false presses twice like a person. */
  readonly allowDuplicate?: boolean;
}
export interface Placed {
  readonly order: Record<string, unknown> & { readonly id: string; readonly order_status: string };
  readonly denial: { readonly code: string; readonly numbers: Record<string, unknown> } | null;
  readonly replayed: boolean;
}

const PLACE = `select place_order(p_account_id => $1, p_stock_code => $2, p_side => $3, p_quantity => $4, p_price_type => $5, p_price => $6,
  p_intent_key => $7, p_body_hash => $8, p_send_at => $9, p_allow_duplicate => $10) as placed`;

/** Places an order as its owner would through the API: 10 shares of SHARE at 70,000 won unless said otherwise. */
export async function place(db: TestDatabase, userId: string, input: OrderInput, claims: TestClaims = {}): Promise<Placed> {
  const { stockCode = SHARE.code, side = 'buy', quantity = 10, priceType = 'limit', intentKey = randomUUID(), bodyHash = 'body' } = input;
  const price = input.price === undefined ? (priceType === 'market' ? null : SHARE.base) : input.price;
  const values = [
    input.accountId,
    stockCode,
    side,
    quantity,
    priceType,
    price,
    intentKey,
    bodyHash,
    input.sendAt ?? null,
    input.allowDuplicate ?? true,
  ];
  return db.asUser(userId, async (client) => (await client.query(PLACE, values)).rows[0].placed, claims);
}

/** What a refused request would carry to the client: status, code and details, from the PGRST error. */
export async function refusalOf(work: Promise<unknown>): Promise<{ status: number; code: string; details: string | null }> {
  try {
    await work;
  } catch (error) {
    const { code: sqlState, message, detail } = error as pg.DatabaseError;
    if (sqlState !== 'PGRST') throw error;
    const { code, details } = JSON.parse(message);
    return { status: JSON.parse(detail as string).status, code, details };
  }
  throw new Error('it was not refused');
}

/** Pools of fleet roles and a live trading instance that owns every account. */
export async function aTradingService(db: TestDatabase): Promise<TradingService> {
  const pool = survivingLoss(new pg.Pool({ connectionString: db.url('narae_trading'), max: 4 }));
  const instance = randomUUID();
  const call = async <T>(sql: string, values: unknown[] = []): Promise<T> => {
    const { rows } = await pool.query(`select to_jsonb(x) as value from ${sql} x`, values);
    return rows[0]?.value;
  };
  const tokens = async (): Promise<Map<string, number>> => {
    await call('renew_instance($1)', [instance]);
    const { rows } = await pool.query('select account_id, token from take_leases($1)', [instance]);
    return new Map(rows.map((row) => [row.account_id, Number(row.token)]));
  };
  const begin: TradingService['begin'] = async (orderId, kind = 'submit', quantity = null) => {
    const { rows } = await db.pool.query('select broker_account_id from real_orders where id = $1', [orderId]);
    const token = (await tokens()).get(rows[0].broker_account_id);
    return call('begin_attempt($1, $2, $3, $4, $5, $6)', [orderId, kind, instance, token, [], quantity]);
  };
  return {
    instance,
    pool,
    call,
    tokens,
    begin,
    async accept(orderId, brokerOrderId) {
      const attempt = await begin(orderId);
      if (attempt === null) throw new Error('no attempt was allowed');
      return call('finish_attempt($1, $2, null, null, $3, $4)', [attempt, 'accepted', brokerOrderId, '00950']);
    },
    fill: (orderId, quantity, amount, basis = 'inquiry') =>
      call('apply_broker_cum($1, $2, $3, $4, now())', [orderId, quantity, amount, basis]),
    close: () => pool.end(),
  };
}

export type OrderRecord = Record<string, unknown> & { readonly id: string; readonly order_status: string };
export interface TradingService {
  readonly instance: string;
  readonly pool: pg.Pool;
  call<T = OrderRecord>(sql: string, values?: unknown[]): Promise<T>;
  tokens(): Promise<Map<string, number>>;
  /** `quantity`: the part a cancel names. */
  begin(orderId: string, kind?: 'submit' | 'cancel' | 'replace', quantity?: number | null): Promise<number | null>;
  accept(orderId: string, brokerOrderId: string): Promise<OrderRecord>;
  fill(orderId: string, quantity: number, amount: number | null, basis?: string): Promise<OrderRecord>;
  close(): Promise<void>;
}
