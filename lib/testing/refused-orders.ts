import { randomUUID } from 'node:crypto';
import type { Asked, Product, Refusal } from './product.ts';

/** A request to the order door that must be refused. */
export interface RefusedOrder extends Refusal {
  readonly why: string;
  readonly ask: (product: Product) => Asked;
  /** Changes the world for this case and gives back what undoes it. */
  readonly during?: Change;
}
type Change = (product: Product) => Promise<() => Promise<unknown>>;
type Over = (product: Product) => Record<string, unknown>;

const order = (why: string, status: number, code: string, says: RegExp, over: Over, during?: Change): RefusedOrder => ({
  why,
  status,
  code,
  says,
  ask: (product) => ({ body: product.wish(over(product)) }),
  ...(during ? { during } : {}),
});
const request = (why: string, status: number, code: string, says: RegExp, ask: RefusedOrder['ask']): RefusedOrder => ({
  why,
  status,
  code,
  says,
  ask,
});

/** One column with another value for a while. */
const setTo =
  (table: string, column: string, value: unknown, where: (product: Product) => string = () => 'true'): Change =>
  async (product) => {
    const [was] = await product.sql(`select ${column} as value from public.${table} where ${where(product)} limit 1`);
    const set = (to: unknown) => product.sql(`update public.${table} set ${column} = $1 where ${where(product)}`, [to]);
    await set(value);
    return () => set(was?.value);
  };
const limit = (column: string, value: unknown): Change =>
  setTo('trading_permissions', column, value, ({ trader }) => `user_id = '${trader.userId}'`);
const halted =
  (scope: string, level: string, scopeId: (product: Product) => string): Change =>
  async (product) => {
    const set = (to: string) =>
      product.sql(
        `insert into public.trading_halts (scope, scope_id, level) values ($1, $2, $3)
         on conflict (scope, scope_id) do update set level = excluded.level`,
        [scope, scopeId(product), to],
      );
    await set(level);
    return () => set('none');
  };
/** Both limits out of the way, so that cash is what is missing. */
const richLimits: Change = async (product) => {
  const undo = [await limit('daily_trade_limit', 1e12)(product), await limit('max_position_size', 1e12)(product)];
  return () => Promise.all(undo.map((one) => one()));
};

export const REFUSED_ORDERS: readonly RefusedOrder[] = [
  // Symbol and price
  order('a symbol nobody knows', 422, 'unknown_symbol', /unknown or not listed/, () => ({ stockCode: '999999' })),
  order('a symbol that is no code', 400, 'unknown_symbol', /six-character code/, () => ({ stockCode: 'samsung' })),
  order('no symbol', 400, 'unknown_symbol', /six-character code/, () => ({ stockCode: undefined })),
  order('a price off the tick', 422, 'off_tick', /not on the tick of [\d,]+ won\. Use [\d,]+ or [\d,]+ won/, ({ limits }) => ({
    price: limits.base + 1,
  })),
  order('a price above the upper limit', 422, 'outside_price_limits', /outside today’s limits of [\d,]+ to [\d,]+/, ({ limits }) => ({
    price: limits.aboveUpper,
  })),
  order('a price below the lower limit', 422, 'outside_price_limits', /outside today’s limits/, ({ limits }) => ({
    price: limits.belowLower,
  })),
  order('a price of zero', 400, 'invalid_price', /price \(0\)/, () => ({ price: 0 })),
  order('a negative price', 400, 'invalid_price', /price \(-100\)/, () => ({ price: -100 })),
  order('a part of a won', 400, 'invalid_price', /price \(0\.5\)/, () => ({ price: 0.5 })),
  order('a price nobody can count', 400, 'invalid_price', /not valid/, () => ({ price: 1e30 })),
  order('a price as text', 400, 'invalid_price', /not valid/, () => ({ price: '10000' })),
  order('a limit order without a price', 400, 'invalid_price', /limit order a whole price/, () => ({ price: null })),
  order('a market order with a price', 400, 'invalid_price', /empty for market/, () => ({ priceType: 'market' })),
  order('a price type we do not send yet', 422, 'price_type_unsupported', /limit or a market order/, () => ({
    priceType: 'best',
    price: null,
  })),
  order('a price type that is none', 400, 'price_type_unsupported', /limit or a market order/, () => ({ priceType: 'iceberg' })),
  // Quantity
  order('no shares', 400, 'invalid_quantity', /quantity \(0\).*at least 1/, () => ({ quantity: 0 })),
  order('a negative quantity', 400, 'invalid_quantity', /quantity \(-3\)/, () => ({ quantity: -3 })),
  order('a part of a share', 400, 'invalid_quantity', /quantity \(1\.5\)/, () => ({ quantity: 1.5 })),
  order('2^53 shares', 400, 'invalid_quantity', /9,007,199,254,740,992/, () => ({ quantity: 2 ** 53 })),
  order('1e30 shares', 400, 'invalid_quantity', /not valid/, () => ({ quantity: 1e30 })),
  order('"NaN" shares', 400, 'invalid_quantity', /quantity \(NaN\)/, () => ({ quantity: 'NaN' })),
  order('more shares than any order may have', 422, 'invalid_quantity', /1,000,000,001/, () => ({ quantity: 1_000_000_001 })),
  // Time
  order(
    'a closed market',
    422,
    'market_closed',
    /does not take orders now/,
    () => ({}),
    setTo('market_calendar', 'is_open', false, () => 'day = private.seoul_day()'),
  ),
  order('a reservation for no moment', 400, 'invalid_input', /fields/, () => ({ sendAt: 'tomorrow' })),
  // Money and shares
  order(
    'more than the cash',
    422,
    'insufficient_cash',
    /needs [\d,]+ won; [\d,]+ won are available/,
    () => ({ quantity: 9_000 }),
    richLimits,
  ),
  order('more shares than held', 422, 'insufficient_shares', /sell 1,000,000 shares; [\d,]+ can be sold/, ({ limits }) => ({
    action: 'sell',
    price: limits.upper,
    quantity: 1_000_000,
  })),
  // Account
  order('somebody else’s account', 404, 'account_not_found', /No such account of yours/, ({ foreignAccountId }) => ({
    accountId: foreignAccountId,
  })),
  order('an account nobody has', 404, 'account_not_found', /No such account of yours/, () => ({ accountId: randomUUID() })),
  order('an account that is no id', 400, 'invalid_input', /fields/, () => ({ accountId: '1; drop table' })),
  order('no account named, having two', 400, 'account_required', /several accounts/, () => ({ accountId: undefined })),
  order(
    'an account switched off',
    422,
    'account_unverified',
    /connection test/,
    () => ({}),
    setTo('broker_accounts', 'is_active', false, ({ accountId }) => `id = '${accountId}'`),
  ),
  // Rights, switches, halts, limits
  order('orders switched off', 422, 'orders_disabled', /switched off/, () => ({}), setTo('platform_settings', 'orders_enabled', false)),
  order('a permission taken away', 422, 'permission_missing', /administrator/, () => ({}), limit('can_paper_trade', false)),
  order(
    'a halt of this person',
    422,
    'halted',
    /halted \(halt\)/,
    () => ({}),
    halted('user', 'halt', ({ trader }) => trader.userId),
  ),
  order(
    'a platform that pauses entries',
    422,
    'halted',
    /pause_entries/,
    () => ({}),
    halted('platform', 'pause_entries', () => ''),
  ),
  order('more won than a day allows', 422, 'daily_amount_limit', /daily limit of 1,000 won/, () => ({}), limit('daily_trade_limit', 1_000)),
  order('more orders than a day allows', 422, 'daily_order_limit', /the limit is 0/, () => ({}), limit('daily_order_limit', 0)),
  order('more of one symbol than allowed', 422, 'position_limit', /the limit is 1,000 won/, () => ({}), limit('max_position_size', 1_000)),
  order('limits that have run out', 422, 'limits_expired', /expired/, () => ({}), limit('limits_expire_at', '2026-01-01T00:00:00Z')),
  // The request itself
  order('a user id in the body', 400, 'invalid_input', /fields/, () => ({ userId: randomUUID() })),
  order('no intent key', 400, 'invalid_input', /fields/, () => ({ intentKey: undefined })),
  order('an intent key that is none', 400, 'invalid_input', /fields/, () => ({ intentKey: 'again' })),
  order('a wish that is none', 400, 'invalid_input', /fields/, () => ({ action: 'borrow' })),
  request('half a JSON', 400, 'malformed_json', /brackets and quotes/, () => ({ body: '{"action":"buy",' })),
  request('NaN, which JSON has not', 400, 'malformed_json', /brackets and quotes/, ({ wish }) => ({
    body: JSON.stringify(wish()).replace('"quantity":1', '"quantity":NaN'),
  })),
  request('no body', 400, 'malformed_json', /brackets and quotes/, () => ({ body: '' })),
  request('a list', 400, 'invalid_input', /fields/, ({ wish }) => ({ body: [wish()] })),
  request('null', 400, 'invalid_input', /fields/, () => ({ body: 'null' })),
  request('another content type', 400, 'not_json', /Content-Type: application\/json/, ({ wish }) => ({
    body: wish(),
    headers: { 'content-type': 'text/plain' },
  })),
  request('a form', 400, 'not_json', /not JSON/, () => ({
    body: 'action=buy&quantity=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })),
  request('300 kB', 400, 'too_large', /too large/, ({ wish }) => ({ body: wish({ padding: 'x'.repeat(300_000) }) })),
  request('12 MB', 400, 'too_large', /too large/, ({ wish }) => ({ body: wish({ padding: 'x'.repeat(12_000_000) }) })),
  request('nobody', 401, 'unauthenticated', /Sign in/, ({ wish }) => ({ body: wish(), cookie: 'a=b' })),
  request('a bearer token of nobody', 401, 'unauthenticated', /Sign in/, ({ wish }) => ({
    body: wish(),
    cookie: 'a=b',
    headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
  })),
  request('a page of another site', 403, 'cross_origin', /other sites/, ({ wish }) => ({
    body: wish(),
    headers: { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
  })),
  request('another site, by its origin alone', 403, 'cross_origin', /other sites/, ({ wish }) => ({
    body: wish(),
    headers: { origin: 'http://evil.example' },
  })),
  request('another port of this machine', 403, 'cross_origin', /other sites/, ({ wish }) => ({
    body: wish(),
    headers: { origin: 'http://127.0.0.1:9', 'sec-fetch-site': 'same-site' },
  })),
  request('the cancel of an order nobody has', 404, 'order_not_found', /No such order/, () => ({
    body: { action: 'cancel', orderId: randomUUID() },
  })),
  request('a cancel without an order', 400, 'invalid_input', /fields/, () => ({ body: { action: 'cancel' } })),
];
