import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { LOCALE_COOKIE } from '#lib/i18n/locale.ts';
import { signIn } from '#scripts/stack/sign-in.ts';
import { startStack } from '#scripts/stack/start-stack.ts';
import { venueOrders } from '#scripts/stack/venue-face.ts';
import { passableTempDir } from '#supabase/local/os-user.ts';

const FREE_PORTS = ['WEB', 'SUPABASE', 'DB', 'GATEWAY', 'VENUE_REST', 'VENUE_WS'].map((name) => [`NARAE_${name}_PORT`, '0']);
/** The first trader of the demo holds 120 shares of it. */
export const SYMBOL = '990010';
/** How long anything may take that happens by itself: restarts with back-off, and an unknown order's look-ups up to the one after a minute. */
export const SETTLES = { timeout: 75_000, interval: 50 };

export const HANGUL = /[가-힣]/;
/** What only a program would read. */
const RAW = /undefined|\[object|\{|\}|null|Error:|sqlstate|PGRST/;

export type Json = Record<string, unknown> & {
  order?: { id: string };
  error?: { code: string; message: string; requestId: string; details?: { field: string; message: string }[] };
};
export interface Asked {
  /** Anything that is not text is sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Whose session; the first trader's when left out. */
  readonly cookie?: string;
  readonly method?: 'GET' | 'POST';
}
export interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly headers: Headers;
}
export interface Refusal {
  readonly status: number;
  readonly code: string;
  /** What the English sentence must tell. */
  readonly says: RegExp;
}

/** The whole product on free ports with its own data, and the first trader of the demo at its HTTP doors. */
export async function openProduct() {
  const home = passableTempDir('narae-product-');
  const stack = await startStack({
    env: { ...Object.fromEntries(FREE_PORTS), NARAE_HOME: join(home, 'home'), NARAE_MARKET_HOURS: 'always', LOG_LEVEL: 'warn' },
    durable: false,
    // KIS gives no second token within a minute; how long an order then waits for one is the adapter's own test.
    serviceEnv: { venue: { VENUE_TOKEN_PAUSE: 'false' } },
  });
  const pool = survivingLoss(new pg.Pool({ connectionString: stack.databaseUrl(), max: 3 }));
  /** As the superuser: to arrange, and to see what is really there. */
  const sql = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => (await pool.query(text, values)).rows;
  const trader = await signIn(stack, 'trader1');

  async function ask(path: string, { body, headers = {}, cookie = trader.cookie, method = 'POST' }: Asked): Promise<Answer> {
    const answer = await fetch(`${stack.webUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', origin: stack.webUrl, 'sec-fetch-site': 'same-origin', cookie, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as Json, headers: answer.headers };
  }

  /** Asks as a Korean browser and as an English program; the two answers are alike but for the words. */
  async function expectRefusal(path: string, make: () => Asked, { status, code, says }: Refusal): Promise<void> {
    const [first, second] = [make(), make()];
    const korean = await ask(path, { ...first, cookie: `${first.cookie ?? trader.cookie}; ${LOCALE_COOKIE}=ko` });
    const english = await ask(path, { ...second, headers: { ...second.headers, 'accept-language': 'en-GB,en;q=0.9' } });
    for (const answer of [korean, english]) {
      const { error } = answer.json;
      expect({ status: answer.status, code: error?.code }, JSON.stringify(answer.json)).toEqual({ status, code });
      expect(error?.requestId).toBe(answer.headers.get('x-request-id'));
      expect(error?.message).toMatch(/\.$/);
      expect(error?.message).not.toMatch(RAW);
    }
    expect(korean.json.error?.message).toMatch(HANGUL);
    expect(english.json.error?.message).not.toMatch(HANGUL);
    expect(english.json.error?.message).toMatch(says);
  }

  /** The account for orders by hand, once it is proved and its cash is known. */
  const accountOf = (mailName: string): Promise<string> =>
    vi.waitFor(async () => {
      const [row] = await sql(
        `select a.id from public.broker_accounts a join public.account_balances b on b.broker_account_id = a.id
          where a.label like '%직접매매' and a.environment_verified_at is not null
            and a.user_id = (select id from auth.users where email like $1 || '@%')`,
        [mailName],
      );
      expect(row, `the account of ${mailName}`).toBeDefined();
      return String(row?.id);
    }, SETTLES);
  const [accountId, foreignAccountId] = await Promise.all([accountOf('minjun'), accountOf('seoyeon')]);
  // The demo's strategies trade beside us on accounts of their own: what counts here are the two accounts for orders by hand.
  const keys = JSON.parse(readFileSync(join(stack.home, 'credentials', 'demo-accounts.json'), 'utf8'));
  const handAccounts = ['trader1-main', 'trader2-main'].map((name) => `paper:${keys[name].accountNumber}-${keys[name].productCode}`);
  const venueBook = async () => (await venueOrders(stack)).filter((one) => handAccounts.includes(one.accountId));
  const [limits] = (await sql(
    `select upper_limit::float as upper, lower_limit::float as lower, base_price::float as base,
            (upper_limit + private.tick_at(kind, market, price_day, upper_limit))::float as "aboveUpper",
            (lower_limit - private.tick_at(kind, market, price_day, lower_limit - 1))::float as "belowLower"
       from public.instruments where stock_code = $1`,
    [SYMBOL],
  )) as unknown as [{ upper: number; lower: number; base: number; aboveUpper: number; belowLower: number }];

  /** A good order: one share at the day's lower limit, where it rests. */
  const wish = (over: Record<string, unknown> = {}) => ({
    action: 'buy',
    stockCode: SYMBOL,
    quantity: 1,
    price: limits.lower,
    priceType: 'limit',
    accountId,
    intentKey: randomUUID(),
    allowDuplicate: true,
    ...over,
  });
  const lowestPrice = async (symbol: string): Promise<number> =>
    Number((await sql('select lower_limit from public.instruments where stock_code = $1', [symbol]))[0]?.lower_limit);
  const stateOf = async ({ order }: Json): Promise<string> =>
    String((await sql('select order_status from public.real_orders where id = $1', [order?.id]))[0]?.order_status);

  return {
    stack,
    sql,
    trader,
    accountId,
    foreignAccountId,
    limits,
    ask,
    expectRefusal,
    wish,
    stateOf,
    settles: (placed: Json, state: string) => vi.waitFor(async () => expect(await stateOf(placed)).toBe(state), SETTLES),
    lowestPrice,
    /** Places such an order of any symbol. */
    async placeResting(symbol: string): Promise<Json> {
      const { status, json } = await ask('/api/trading', { body: wish({ stockCode: symbol, price: await lowestPrice(symbol) }) });
      expect({ status, error: json.error }).toEqual({ status: 201, error: undefined });
      return json;
    },
    async cancel({ order }: Json): Promise<void> {
      const { status, json } = await ask('/api/trading', { body: { action: 'cancel', orderId: order?.id } });
      expect({ status, error: json.error }).toEqual({ status: 200, error: undefined });
    },
    /** The states an order has passed. */
    async movesOf({ order }: Json): Promise<unknown[]> {
      const moves = 'select to_status from public.order_events where order_id = $1 and from_status is distinct from to_status order by seq';
      return (await sql(moves, [order?.id])).map((row) => row.to_status);
    },
    async atVenue(symbol: string): Promise<number> {
      return (await venueBook()).filter((one) => one.symbol === symbol).length;
    },
    /** Orders of those accounts that may reach a broker, and the numbers of those that have, as we and as the venue know them. */
    async placedSoFar() {
      const rows = await sql(
        `select broker_order_id as number from public.real_orders where order_status <> 'denied' and broker_account_id = any($1)`,
        [[accountId, foreignAccountId]],
      );
      const ours = rows.flatMap(({ number }) => (number === null ? [] : [String(number)])).toSorted();
      return { stored: rows.length, ours, venues: (await venueBook()).map((one) => one.orderNumber).toSorted() };
    },
    /** An order's page as the server renders it. */
    async pageOf({ order }: Json, locale: 'ko' | 'en'): Promise<string> {
      const cookie = `${trader.cookie}; ${LOCALE_COOKIE}=${locale}`;
      return (await fetch(`${stack.webUrl}/orders/${order?.id}`, { headers: { cookie } })).text();
    },
    async stop(): Promise<void> {
      await pool.end();
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
export type Product = Awaited<ReturnType<typeof openProduct>>;
