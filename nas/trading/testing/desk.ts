import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountCredentials, sealCredentials } from '#lib/credentials/account-credentials.ts';
import { ensureSealingKey } from '#lib/db/fleet/sealing-key.ts';
import { type FleetEnv, readFleetEnv } from '#lib/env/fleet.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { startVenue, type VenueOptions } from '#nas/venue/venue.ts';
import { listMarket } from './list-market.ts';

/** A symbol of the synthetic market whose price is easy to reckon with. */
export const SYMBOL = '990010';
export const OTHER_SYMBOL = '990020';

export interface DeskAccount {
  readonly id: string;
  readonly userId: string;
  readonly accountNumber: string;
  readonly appKey: string;
}
export interface Placed {
  readonly id: string;
  readonly order_status: string;
  readonly denial_code: string | null;
  readonly broker_order_id: string | null;
  readonly cum_quantity: number;
  readonly version: number;
}

interface WantedAccount {
  readonly cash?: number;
  readonly holdings?: { symbol: string; quantity: number }[];
  readonly isPaper?: boolean;
  /** What the person typed instead of what the venue gave them. */
  readonly typed?: Partial<AccountCredentials>;
}

/** A database, a venue and one trader with a sealed paper account: everything a trading service needs but the service itself. */
export async function openDesk(
  options: { venue?: Partial<VenueOptions>; cash?: number; holdings?: { symbol: string; quantity: number }[] } = {},
) {
  const database = await createTestDatabase();
  const venue = await startVenue({
    marketHours: 'always',
    eventsPerSecond: 0,
    hasMorning: false,
    tokenPause: false,
    requestsPerSecond: { paper: 10_000, real: 10_000 },
    controlToken: 'control',
    ...options.venue,
  });
  const credentialsDir = await mkdtemp(join(tmpdir(), 'narae-desk-'));
  const listed = [...venue.exchange.markets.values()].map(({ instrument, basePrice, upperLimit, lowerLimit }) => {
    return { ...instrument, basePrice, upperLimit, lowerLimit };
  });
  await listMarket(database.pool, listed, seoul(Date.now()).day);
  await database.pool.query('update public.platform_settings set orders_enabled = true, auto_enabled = true');
  const env = readFleetEnv({
    DATABASE_URL: database.url('narae_trading'),
    CREDENTIALS_DIR: credentialsDir,
    MARKET_DATA_DIR: credentialsDir,
    KIS_PAPER_REST_URL: venue.restUrl.paper,
    KIS_PAPER_WS_URL: venue.wsUrl.paper,
    KIS_REAL_REST_URL: venue.restUrl.real,
    KIS_REAL_WS_URL: venue.wsUrl.real,
    KIS_REQUESTS_PER_SECOND: '1000',
  });
  const key = await ensureSealingKey(database.pool, credentialsDir);
  const openAccount = async (userId: string, wanted: WantedAccount = {}) => {
    const accountNumber = String(50_000_000 + Math.floor(Math.random() * 9_999_999));
    const credentials = {
      appKey: `PS${randomBytes(17).toString('hex')}`,
      appSecret: randomBytes(60).toString('base64'),
      accountNumber,
      productCode: '01',
      htsId: `h${randomBytes(4).toString('hex')}`,
    };
    const priceOf = (symbol: string) => venue.exchange.markets.get(symbol)!.basePrice;
    const holdings = (wanted.holdings ?? options.holdings ?? []).map((h) => ({ ...h, averagePrice: priceOf(h.symbol) }));
    venue.provision({ ...credentials, environment: 'paper', cash: wanted.cash ?? options.cash ?? 1_000_000_000, holdings });
    const id = randomUUID();
    const isPaper = wanted.isPaper ?? true;
    const context = { userId, accountId: id, brokerType: 'kis', isPaper, keyId: key.keyId };
    const sealed = await sealCredentials(key.publicKey, context, { ...credentials, ...wanted.typed });
    await database.pool.query(
      `insert into public.broker_accounts (id, user_id, broker_type, is_paper_account, encrypted_credentials, key_id, label)
       values ($1, $2, 'kis', $5, $3, $4, '시험')`,
      [id, userId, JSON.stringify(sealed), key.keyId, isPaper],
    );
    return { id, userId, accountNumber, appKey: credentials.appKey };
  };
  const userId = await createTestUser(database.pool);
  await allow(database, userId);
  const account: DeskAccount = await openAccount(userId);

  return {
    database,
    venue,
    env: env as FleetEnv,
    userId,
    account,
    openAccount,
    basePrice: (symbol = SYMBOL) => venue.exchange.markets.get(symbol)!.basePrice,

    /** Waits until a service has proved the account and read its balance. */
    async untilReady(on: DeskAccount = account, ms = 15_000) {
      const look = async () => {
        const { rows } = await database.pool.query(
          `select a.credential_state, b.orderable from public.broker_accounts a
             left join public.account_balances b on b.broker_account_id = a.id where a.id = $1`,
          [on.id],
        );
        return rows[0];
      };
      await until('account ready', look, (row) => row.credential_state === 'ok' && row.orderable !== null, ms);
    },

    /** Places as the trader does. */
    async place(wish: {
      symbol?: string;
      side?: 'buy' | 'sell';
      quantity?: number;
      price?: number | null;
      account?: DeskAccount;
      allowDuplicate?: boolean;
    }) {
      const { symbol = SYMBOL, side = 'buy', quantity = 1, account: on = account } = wish;
      const price = wish.price === undefined ? venue.exchange.markets.get(symbol)!.basePrice : wish.price;
      const key = randomUUID();
      const { rows } = await database.asUser(on.userId, (client) =>
        client.query<{ answer: { order: Placed; denial: { code: string } | null } }>(
          'select public.place_order($1, $2, $3, $4, $5, $6, $7, $8, $9) as answer',
          [on.id, symbol, side, quantity, price === null ? 'market' : 'limit', price, key, key, wish.allowDuplicate ?? false],
        ),
      );
      return rows[0]!.answer;
    },
    async cancel(orderId: string, by: string = userId) {
      await database.asUser(by, (client) => client.query('select public.cancel_order($1)', [orderId]));
    },
    async order(orderId: string): Promise<Placed> {
      const { rows } = await database.pool.query(
        'select id, order_status, denial_code, broker_order_id, cum_quantity::int, version::int from public.real_orders where id = $1',
        [orderId],
      );
      return rows[0];
    },
    /** Orders of an account in the venue's own book, cancels and changes left out. */
    bookOf(on: DeskAccount = account) {
      return venue
        .judge()
        .accounts.find(({ id }) => id === `paper:${on.accountNumber}-01`)!
        .orders.filter((order) => order.action === 'new');
    },
    /** Somebody else's order, so that ours can trade. */
    house(side: 'buy' | 'sell', quantity: number, price: number, symbol = SYMBOL) {
      const market = venue.exchange.markets.get(symbol)!;
      venue.exchange.submitHouse(market, { side, kind: 'limit', price, quantity, timeInForce: 'day' }, venue.clock.now());
    },
    async stop() {
      await venue.stop();
      await database.drop();
      await rm(credentialsDir, { recursive: true, force: true });
    },
  };
}
export type Desk = Awaited<ReturnType<typeof openDesk>>;

async function allow({ pool }: TestDatabase, userId: string): Promise<void> {
  await pool.query(
    `insert into public.trading_permissions (user_id, can_paper_trade, daily_trade_limit, max_position_size, daily_order_limit)
     values ($1, true, 900000000000, 900000000000, 100000)
     on conflict (user_id) do update set daily_trade_limit = excluded.daily_trade_limit,
       max_position_size = excluded.max_position_size, daily_order_limit = excluded.daily_order_limit, can_paper_trade = true`,
    [userId],
  );
}

/** Waits until a condition holds; fails with what was seen last. */
export async function until<T>(what: string, look: () => T | Promise<T>, isRight: (seen: T) => boolean, ms = 20_000): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const seen = await look();
    if (isRight(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${ms} ms, last seen ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
