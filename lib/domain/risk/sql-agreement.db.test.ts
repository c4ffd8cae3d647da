import { afterAll, beforeAll, expect, test } from 'vitest';
import { krxCalendarDay } from '#domain/market/calendar.ts';
import { instrumentKind, market } from '#domain/market/instrument.ts';
import { priceLimits } from '#domain/market/price-limit.ts';
import { tickEras, tickSize, tickTable } from '#domain/market/ticks.ts';
import type { PriceType, Side } from '#domain/order/order.ts';
import { EVIDENCE_MOVES, LEGAL_MOVES } from '#domain/order/transitions.ts';
import { DEFAULT_SETTINGS, type GateInput, NO_LIMITS } from '#domain/risk/gate-input.ts';
import {
  type Check,
  checkExactAmount,
  checkPrice,
  checkPriceLimits,
  checkQuantity,
  checkTick,
  checkTradable,
} from '#domain/risk/order-checks.ts';
import { reserveAmount } from '#domain/risk/reserve.ts';
import { orderFacts } from '#lib/db/order-facts.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { type PreviewMarket, type PreviewWish, previewOrder } from '#lib/use-cases/preview-order.ts';
import { anAccount, aTrader, openMarket, place, SHARE } from '#supabase/tests/arrange.ts';

/** Where SQL and TypeScript judge the same thing, one generated table of cases runs against both (ORDERS §5). */
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('SQL allows exactly the moves of the table', async () => {
  const { rows } = await db.pool.query<{ move: string; needs_evidence: boolean }>(
    `select from_status || '>' || to_status as move, needs_evidence from private.order_moves`,
  );
  const named = (moves: readonly (readonly [string, string])[]) => moves.map(([from, to]) => `${from}>${to}`).sort();
  expect(rows.map((row) => row.move).sort()).toEqual(named(LEGAL_MOVES));
  expect(
    rows
      .filter((row) => row.needs_evidence)
      .map((row) => row.move)
      .sort(),
  ).toEqual(named(EVIDENCE_MOVES));
});

const DAYS = ['2009-05-04', '2022-05-02', '2023-01-24', '2023-01-25', '2023-12-15', '2026-10-01'] as const;
const BOUNDS = [
  1, 4, 5, 999, 1_000, 1_999, 2_000, 4_995, 5_000, 9_990, 10_000, 19_990, 20_000, 49_950, 50_000, 99_900, 100_000, 200_000, 500_000,
];

async function seedTicks(): Promise<void> {
  const bands = instrumentKind.options.flatMap((kind) =>
    market.options.flatMap((board) =>
      tickEras(kind, board).flatMap(({ since, bands }) => bands.map(({ from, tick }) => [kind, board, since, from, tick] as const)),
    ),
  );
  for (const band of bands) {
    await db.pool.query(
      `insert into public.tick_bands (kind, market, valid_from, price_from, tick) values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [...band],
    );
  }
}

test('SQL knows the same tick for every board, kind, day and band', async () => {
  await seedTicks();
  const cases = instrumentKind.options.flatMap((kind) =>
    market.options.flatMap((board) => DAYS.flatMap((day) => BOUNDS.map((price) => ({ kind, board, day, price })))),
  );
  const { rows } = await db.pool.query<{ tick: string }>(
    `select private.tick_at(c.kind, c.board, c.day, c.price)::text as tick
       from rows from (jsonb_to_recordset($1::jsonb) as (kind text, board text, day date, price numeric)) with ordinality as c (kind, board, day, price, n)
      order by c.n`,
    [JSON.stringify(cases)],
  );
  const ours = cases.map(({ kind, board, day, price }) => tickSize(price, tickTable({ day, kind, market: board })));
  expect(rows.map((row) => Number(row.tick))).toEqual(ours);
});

interface BodyCase {
  readonly side: Side;
  readonly quantity: number;
  readonly priceType: PriceType;
  readonly price: number | null;
  readonly isHalted: boolean;
  readonly isListed: boolean;
}
const DAY = '2026-10-01';
const LIMITS = priceLimits(10_000, { day: DAY, market: 'KOSDAQ', kind: 'stock' });
const BODY_CASES: readonly BodyCase[] = (['buy', 'sell'] as const).flatMap((side) => [
  ...[1, 10, 0, -1, 1.5, 1_000_000_000, 1_000_000_001].flatMap((quantity) =>
    [10_000, 10_003, 7_000, 6_990, 13_000, 13_010, 13_005, 0, -10, 0.5, 1_000_000_001, null].map(
      (price): BodyCase => ({ side, quantity, priceType: 'limit', price, isHalted: false, isListed: true }),
    ),
  ),
  ...[null, 10_000].map((price): BodyCase => ({ side, quantity: 10, priceType: 'market', price, isHalted: false, isListed: true })),
  { side, quantity: 10, priceType: 'limit', price: 10_000, isHalted: true, isListed: true },
  { side, quantity: 10, priceType: 'limit', price: 10_000, isHalted: false, isListed: false },
]);

function asInput({ side, quantity, priceType, price, isHalted, isListed }: BodyCase): GateInput {
  return {
    order: { symbol: '900001', side, quantity, priceType, price, timeInForce: 'day', origin: 'user', allowDuplicate: false },
    day: DAY,
    second: 36_000,
    calendarDay: krxCalendarDay(DAY),
    halt: 'none',
    clockOffsetSeconds: null,
    instrument: {
      market: 'KOSDAQ',
      kind: 'stock',
      isListed,
      isHalted,
      isInVi: false,
      isLiquidation: false,
      statusCode: '',
      basePrice: 10_000,
      upperLimit: LIMITS.upper,
      lowerLimit: LIMITS.lower,
      averageVolume: null,
    },
    quote: null,
    limits: NO_LIMITS,
    settings: DEFAULT_SETTINGS,
    heldQuantity: 0,
    workingBuyQuantity: 0,
    working: [],
    sameOrderSecondsAgo: null,
    hasUnknownOrder: false,
    isPositionUnproved: false,
    orderableCash: 0,
    commissionRate: 0,
    sellableQuantity: 0,
  };
}

test('SQL refuses the same bodies with the same code and figures', async () => {
  await seedTicks();
  await db.pool.query(
    `insert into public.instruments (stock_code, name_ko, market, base_price, upper_limit, lower_limit, price_day)
     values ('900001', '시험', 'KOSDAQ', 10000, $1, $2, $3)`,
    [LIMITS.upper, LIMITS.lower, DAY],
  );
  const { rows } = await db.pool.query<{ denial: { code: string; numbers: Record<string, unknown> } | null }>(
    `select private.body_denial(
              jsonb_populate_record(i, jsonb_build_object('is_listed', c.listed, 'is_halted', c.halted)),
              $2::date, c.side = 'buy', false, c.quantity, c.type, c.price) as denial
       from rows from (jsonb_to_recordset($1::jsonb)
              as (side text, quantity numeric, type text, price numeric, halted boolean, listed boolean))
              with ordinality as c (side, quantity, type, price, halted, listed, n)
      cross join public.instruments i
      where i.stock_code = '900001'
      order by c.n`,
    [
      JSON.stringify(
        BODY_CASES.map(({ isHalted, isListed, priceType, ...c }) => ({ ...c, type: priceType, halted: isHalted, listed: isListed })),
      ),
      DAY,
    ],
  );
  const checks = [checkTradable, checkQuantity, checkPrice, checkTick, checkPriceLimits, checkExactAmount];
  const text = (numbers: Record<string, unknown>) =>
    Object.entries(numbers)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(' ');
  BODY_CASES.forEach((bodyCase, i) => {
    const input = asInput(bodyCase);
    const ours = checks.reduce<ReturnType<Check>>((first, check) => first ?? check(input), null);
    const theirs = rows[i]?.denial;
    expect({ case: bodyCase, code: theirs?.code, numbers: theirs && text(theirs.numbers) }).toEqual({
      case: bodyCase,
      code: ours?.code,
      numbers: ours ? text(ours.numbers) : theirs,
    });
  });
  expect(new Set(rows.map((row) => row.denial?.code)).size).toBeGreaterThan(6);
});

test('SQL holds back the same won for a buy', async () => {
  const cases = [1, 7, 10, 333, 12_345].flatMap((quantity) =>
    [1, 9_990, 10_000, 71_300, 1_000_000].flatMap((price) => [0, 0.00014053, 0.00015, 0.005].map((rate) => ({ quantity, price, rate }))),
  );
  const { rows } = await db.pool.query<{ cost: string }>(
    `select private.cost_of(c.quantity, c.price, c.rate)::text as cost
       from rows from (jsonb_to_recordset($1::jsonb) as (quantity numeric, price numeric, rate numeric)) with ordinality as c (quantity, price, rate, n)
      order by c.n`,
    [JSON.stringify(cases)],
  );
  expect(rows.map((row) => Number(row.cost))).toEqual(
    cases.map(({ quantity, price, rate }) => reserveAmount({ priceType: 'limit', price, quantity }, price, rate)),
  );
});

/** A person who holds 10 shares bought dearer, has bought 5 today and asked for 5 more, and what they wish for next. */
interface LimitCase {
  readonly limits: Readonly<Record<string, number | string | undefined>>;
  readonly quantity: number;
  readonly price: number | null;
}
const LIMIT_CASES = ([10, 1, 100, 2_000] as const).flatMap((quantity) =>
  [SHARE.base, null].flatMap((price) =>
    [
      {},
      ...[0, 349_999, 350_000, 700_000, 910_000, 7_000_000].flatMap((won) => [
        { max_order_amount: won },
        { max_position_size: won + 700_000 },
        { max_gross_amount: won + 700_000 },
        { daily_trade_limit: won },
        { max_daily_loss: won },
      ]),
      ...[0, 1, 2, 3].flatMap((orders) => [{ daily_order_limit: orders }, { max_orders_a_minute: orders }]),
      { limits_expire_at: '2020-01-01T00:00:00+00:00' },
      { max_order_amount: 1, max_gross_amount: 1, max_daily_loss: 1, max_orders_a_minute: 0, daily_order_limit: 0 },
    ].map((limits): LimitCase => ({ limits, quantity, price })),
  ),
);
const WIDE = {
  max_order_amount: null,
  max_gross_amount: null,
  max_daily_loss: null,
  max_orders_a_minute: null,
  max_position_size: 1e12,
  daily_trade_limit: 1e12,
  daily_order_limit: 1_000,
  limits_expire_at: null,
};

test('SQL refuses the same orders for the same limits, cash and shares as the ticket foretells, with the same figures', async () => {
  await seedTicks();
  await openMarket(db);
  const user = await aTrader(db);
  const account = await anAccount(db, user, { cash: 50_000_000, feeRate: 0.00014053 });
  await db.pool.query(`update instruments set base_price = $2 where stock_code = $1`, [SHARE.code, SHARE.base + 2_000]);
  await db.pool.query(`insert into quotes (stock_code, last_price) values ($1, $2)`, [SHARE.code, SHARE.base]);
  await place(db, user, { accountId: account, quantity: 5 });
  await db.pool.query(
    `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity, purchase_amount) values ($1, $2, $3, 10, 10, 750000)`,
    [user, account, SHARE.code],
  );
  const instrument = {
    market: 'KOSPI',
    kind: 'stock',
    isHalted: false,
    statusCode: '',
    basePrice: SHARE.base + 2_000,
    upperLimit: SHARE.upper,
  } as const;
  const day = (await db.pool.query<{ day: string }>('select private.seoul_day()::text as day')).rows[0]!.day;
  const market: PreviewMarket = {
    instrument: { ...instrument, lowerLimit: SHARE.lower, priceDay: day },
    quote: { last: SHARE.base, expected: null, isHalted: false },
    day,
    second: 36_000,
    calendarDay: krxCalendarDay(DAY),
    isReserved: false,
    halt: 'none',
  };
  const seen = new Set<string>();
  for (const { limits, quantity, price } of LIMIT_CASES) {
    const set = { ...WIDE, ...limits };
    await db.pool.query(
      `update trading_permissions t set (${Object.keys(set).join(', ')}) = (select ${Object.keys(set)
        .map((name) => `r.${name}`)
        .join(', ')} from jsonb_populate_record(t, $2) r) where user_id = $1`,
      [user, JSON.stringify(set)],
    );
    for (const side of ['buy', 'sell'] as const) {
      const wish: PreviewWish = { symbol: SHARE.code, side, quantity, priceType: price === null ? 'market' : 'limit', price };
      const theirs = await db.pool.query<{ denial: { code: string; numbers: Record<string, unknown> } | null }>(
        `select coalesce(case when $3 then private.limit_denial(a, $2, private.seoul_day(), $4, coalesce($5, i.upper_limit)) end,
                         private.funds_denial(a, $2, $3, $4, coalesce($5, i.upper_limit))) as denial
           from broker_accounts a, instruments i where a.id = $1 and i.stock_code = $2`,
        [account, SHARE.code, side === 'buy', quantity, price],
      );
      const facts = await db.asUser(user, (client) => client.query('select order_facts($1, $2) as facts', [account, SHARE.code]));
      const ours = previewOrder(wish, orderFacts.parse(facts.rows[0].facts), market).denials.filter(({ code }) => code !== 'self_cross')[0];
      const denial = theirs.rows[0]?.denial ?? null;
      if (denial) seen.add(denial.code);
      const figures = (numbers: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(numbers).map(([name, value]) => [name, typeof value === 'string' ? Date.parse(value) : Number(value)]),
        );
      expect({ limits, wish, denial: ours && { code: ours.code, numbers: figures(ours.numbers) } }).toEqual({
        limits,
        wish,
        denial: denial ? { code: denial.code, numbers: figures(denial.numbers) } : undefined,
      });
    }
  }
  expect([...seen].sort()).toEqual([
    'daily_amount_limit',
    'daily_order_limit',
    'gross_limit',
    'insufficient_cash',
    'insufficient_shares',
    'limits_expired',
    'loss_limit',
    'order_amount_limit',
    'position_limit',
    'rate_limited',
  ]);
}, 60_000);
