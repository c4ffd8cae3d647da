import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVIDENCE_MOVES, isFinal, LEGAL_MOVES } from '#domain/order/transitions.ts';
import { withLedger } from '#lib/db/fleet/ledger.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, SHARE, type TradingService } from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  trading = await aTradingService(db);
});
afterAll(async () => {
  await trading?.close();
  await db?.drop();
});

const one = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows[0];
let brokerNumber = 9000;
const aNumber = () => String(brokerNumber++).padStart(10, '0');

/** One buy of ten shares at 70,000 won, and everything that can happen to it. Each step is a call of a public function. */
async function anOrder() {
  const user = await aTrader(db);
  const account = await anAccount(db, user);
  const { order } = await place(db, user, { accountId: account });
  const number = aNumber();
  let attempt = 0;
  let child = '';
  const begin = async (id: string, kind: 'submit' | 'cancel' | 'replace') => {
    attempt = (await trading.begin(id, kind)) as number;
    expect(attempt).not.toBeNull();
  };
  const settle = (to: string, payload: object = {}) =>
    trading.call('settle_order($1, $2, null, $3, $4)', [order.id, to, 'inquiry', JSON.stringify(payload)]);
  const steps = {
    send: () => begin(order.id, 'submit'),
    sayYes: () => trading.call('finish_attempt($1, $2, null, null, $3, $4)', [attempt, 'accepted', number, '00950']),
    sayNo: () => trading.call(`finish_attempt($1, 'rejected', 'E1', 'no')`, [attempt]),
    sayUntouched: () => trading.call(`finish_attempt($1, 'not_processed', 'EGW00201', '')`, [attempt]),
    hearNothing: () => trading.call(`mark_unknown($1, 'late')`, [order.id]),
    find: () => trading.call('adopt_broker_order($1, $2, $3)', [order.id, number, '00950']),
    fillPart: () => trading.fill(order.id, 4, 280_000),
    fillMore: () => trading.fill(order.id, 5, 350_000),
    fillAll: () => trading.fill(order.id, 10, 700_000),
    withdraw: () => db.asUser(user, (client) => client.query('select cancel_order($1)', [order.id])),
    sendCancel: () => begin(order.id, 'cancel'),
    async change() {
      const { rows } = await db.asUser(user, (client) =>
        client.query(`select replace_order($1, null, 69000, 'limit', gen_random_uuid(), 'b') as answer`, [order.id]),
      );
      child = rows[0].answer.order.id;
      await begin(child, 'replace');
    },
    changeYes: () => trading.call('finish_attempt($1, $2, null, null, $3, $4)', [attempt, 'accepted', aNumber(), '00950']),
    changeElsewhere: () =>
      trading.call('adopt_external($1, $2)', [
        account,
        {
          broker_order_id: aNumber(),
          original_order_id: number,
          is_api: false,
          stock_code: SHARE.code,
          side: 'buy',
          quantity: 10,
          price: 1_000,
        },
      ]),
    beCancelled: () => settle('cancelled'),
    beRefusedByVenue: () => settle('rejected', { code: 'V1' }),
    beMissing: () => settle('rejected', { code: 'NOT_FOUND' }),
    deny: () => trading.call(`deny_order($1, 'stale_data')`, [order.id]),
    closeDay: () => trading.call('expire_day($1, $2, true)', [account, order.order_day]),
  };
  return { id: order.id, user, account, steps };
}
type Step = keyof Awaited<ReturnType<typeof anOrder>>['steps'];

const ACCEPTED: readonly Step[] = ['send', 'sayYes'];
const PARTLY: readonly Step[] = [...ACCEPTED, 'fillPart'];
const UNKNOWN: readonly Step[] = ['send', 'hearNothing'];
const CANCELLING: readonly Step[] = [...ACCEPTED, 'withdraw', 'sendCancel'];
const CHANGING: readonly Step[] = [...ACCEPTED, 'change'];
const CANCELLED: readonly Step[] = [...ACCEPTED, 'beCancelled'];
const EXPIRED: readonly Step[] = [...ACCEPTED, 'closeDay'];
const REPLACED: readonly Step[] = [...ACCEPTED, 'changeElsewhere'];
const MISSING: readonly Step[] = [...UNKNOWN, 'beMissing'];

/** How each legal move comes about: the last step makes it. */
const PATHS: Record<string, readonly Step[]> = {
  'pending→submitting': ['send'],
  'pending→cancelled': ['withdraw'],
  'pending→denied': ['deny'],
  'pending→expired': ['closeDay'],
  'submitting→accepted': ACCEPTED,
  'submitting→rejected': ['send', 'sayNo'],
  'submitting→unknown': UNKNOWN,
  'submitting→partially_filled': ['send', 'fillPart'],
  'submitting→executed': ['send', 'fillAll'],
  'submitting→expired': ['send', 'sayUntouched', 'closeDay'],
  'unknown→accepted': [...UNKNOWN, 'find'],
  'unknown→partially_filled': [...UNKNOWN, 'fillPart'],
  'unknown→executed': [...UNKNOWN, 'fillAll'],
  'unknown→cancelled': [...UNKNOWN, 'beCancelled'],
  'unknown→rejected': MISSING,
  'unknown→expired': [...UNKNOWN, 'closeDay'],
  'accepted→partially_filled': PARTLY,
  'accepted→executed': [...ACCEPTED, 'fillAll'],
  'accepted→cancel_pending': CANCELLING,
  'accepted→replace_pending': CHANGING,
  'accepted→cancelled': CANCELLED,
  'accepted→expired': EXPIRED,
  'accepted→rejected': [...ACCEPTED, 'beRefusedByVenue'],
  'accepted→replaced': REPLACED,
  'partially_filled→partially_filled': [...PARTLY, 'fillMore'],
  'partially_filled→executed': [...PARTLY, 'fillAll'],
  'partially_filled→cancel_pending': [...PARTLY, 'withdraw', 'sendCancel'],
  'partially_filled→replace_pending': [...PARTLY, 'change'],
  'partially_filled→cancelled': [...PARTLY, 'beCancelled'],
  'partially_filled→expired': [...PARTLY, 'closeDay'],
  'partially_filled→rejected': [...PARTLY, 'beRefusedByVenue'],
  'partially_filled→replaced': [...PARTLY, 'changeElsewhere'],
  'cancel_pending→cancelled': [...CANCELLING, 'beCancelled'],
  'cancel_pending→partially_filled': [...CANCELLING, 'fillPart'],
  'cancel_pending→executed': [...CANCELLING, 'fillAll'],
  'cancel_pending→accepted': [...CANCELLING, 'sayNo'],
  'cancel_pending→expired': [...CANCELLING, 'closeDay'],
  'replace_pending→cancelled': [...CHANGING, 'beCancelled'],
  'replace_pending→partially_filled': [...CHANGING, 'fillPart'],
  'replace_pending→executed': [...CHANGING, 'fillAll'],
  'replace_pending→accepted': [...CHANGING, 'sayNo'],
  'replace_pending→expired': [...CHANGING, 'closeDay'],
  'replace_pending→replaced': [...CHANGING, 'changeYes'],
  'cancelled→accepted': [...CANCELLED, 'find'],
  'cancelled→partially_filled': [...CANCELLED, 'fillPart'],
  'cancelled→executed': [...CANCELLED, 'fillAll'],
  'expired→accepted': [...EXPIRED, 'find'],
  'expired→partially_filled': [...EXPIRED, 'fillPart'],
  'expired→executed': [...EXPIRED, 'fillAll'],
  'replaced→accepted': [...REPLACED, 'find'],
  'replaced→partially_filled': [...REPLACED, 'fillPart'],
  'replaced→executed': [...REPLACED, 'fillAll'],
  'rejected→accepted': [...MISSING, 'find'],
  'rejected→partially_filled': [...MISSING, 'fillPart'],
  'rejected→executed': [...MISSING, 'fillAll'],
};
const needsEvidence = new Set(EVIDENCE_MOVES.map((move) => move.join('→')));

test('there is a path for every legal move and for no other', () => {
  expect(Object.keys(PATHS).sort()).toEqual([...new Set(LEGAL_MOVES.map((move) => move.join('→')))].sort());
});

test.each(Object.entries(PATHS))('%s: recorded, what is held fits, and only evidence pages', async (move, path) => {
  const [from, to] = move.split('→');
  const { id, user, account, steps } = await anOrder();
  for (const step of path) await steps[step]();
  const event = await one(`select from_status, to_status from order_events where order_id = $1 and to_status = $3 and from_status = $2`, [
    id,
    from,
    to,
  ]);
  expect(event).toBeDefined();
  const order = await one('select *, private.leaves_of(o)::int as leaves from real_orders o where id = $1', [id]);
  expect(order.order_status).toBe(to);
  const held = await one('select quantity::int from reservations where order_id = $1', [id]);
  expect(held?.quantity).toBe(isFinal(order.order_status) ? undefined : order.leaves);
  const { paged } = await one(`select count(*)::int as paged from notifications where user_id = $1 and kind = 'order_reopened'`, [user]);
  expect(paged).toBe(needsEvidence.has(move) ? 1 : 0);
  expect((await withLedger(db.pool, account, verifyLedger)).findings).toEqual([]);
});

test('a partial fill keeps the wish to cancel', async () => {
  const { id, steps } = await anOrder();
  for (const step of PATHS['cancel_pending→partially_filled']!) await steps[step]();
  expect((await one('select cancel_requested_at from real_orders where id = $1', [id])).cancel_requested_at).not.toBeNull();
});

describe('an order a strategy reserved for the session', () => {
  async function aReserved(sendAt: string) {
    const { id, user, account } = await anOrder();
    const strategy = (await one(`insert into strategies (user_id, name) values ($1, 's') returning id`, [user])).id;
    await db.pool.query(`insert into strategy_versions (strategy_id, version, user_id, document, hash) values ($1, 1, $2, '{}', 'h')`, [
      strategy,
      user,
    ]);
    const deployment = (
      await one(
        `insert into strategy_deployments (user_id, strategy_id, version, broker_account_id, capital, state) values ($1, $2, 1, $3, 1e9, 'running') returning id`,
        [user, strategy, account],
      )
    ).id;
    await db.pool.query(`update real_orders set deployment_id = $2, send_at = clock_timestamp() + $3::interval where id = $1`, [
      id,
      deployment,
      sendAt,
    ]);
    return { id, user, deployment };
  }

  test.each([
    { sendAt: '1 minute', prepare: 'prepared', release: 'later', why: 'its time has not come' },
    { sendAt: '-1 minute', prepare: 'prepared', release: 'due', why: 'prepare found the way clean' },
    { sendAt: '-1 minute', prepare: null, release: 'later', why: 'a late prepare is waited for' },
    { sendAt: '-11 minutes', prepare: null, release: 'unprepared', why: 'no prepare came' },
    { sendAt: '-11 minutes', prepare: 'auto_disabled', release: 'unprepared', why: 'prepare did not end clean' },
    { sendAt: '-11 minutes', prepare: 'prepared', release: 'due', why: 'a sender that starts late still sends' },
  ])('send_at $sendAt, prepare $prepare: $release ($why)', async ({ sendAt, prepare, release }) => {
    const { id, user, deployment } = await aReserved(sendAt);
    if (prepare) {
      await db.pool.query(
        `insert into strategy_runs (deployment_id, tick, user_id, phase, outcome, reason, finished_at) values ($1, now(), $2, 'prepare', 'skipped', $3, now())`,
        [deployment, user, prepare],
      );
    }
    expect(await trading.call('order_release($1)', [id])).toBe(release);
    expect((await trading.begin(id)) !== null).toBe(release === 'due');
  });
});
