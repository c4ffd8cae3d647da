import type pg from 'pg';
import { z } from 'zod';
import { instrumentKind, market } from '#domain/market/instrument.ts';
import { side } from '#domain/order/order.ts';
import type { OrderRow } from './order-row.ts';

const number = z.coerce.number();
const facts = z.object({
  instrument: z
    .object({
      market,
      kind: instrumentKind,
      is_listed: z.boolean(),
      is_halted: z.boolean(),
      status_code: z.string(),
      base_price: number,
      upper_limit: number,
      lower_limit: number,
      price_day: z.string(),
      average_volume: number.nullable(),
    })
    .nullable(),
  quote: z
    .object({
      last_price: number,
      phase: z.string(),
      is_halted: z.boolean(),
      age_seconds: number,
      /** The auction's expected price; null where the book tells none. */
      expected_price: number.nullable(),
    })
    .nullable(),
  sessions: z.array(z.object({ session: z.string(), order_from: z.string(), open_at: z.string(), close_at: z.string() })),
  working: z.array(z.object({ side, price: number.nullable(), remaining: number })),
  same_seconds_ago: number.nullable(),
  has_break: z.boolean(),
  /** The owner's setting: 관리·투자위험·정리매매 종목 may be bought. */
  allow_restricted: z.boolean(),
  /** The owner's limits that no lock is needed for. */
  max_volume_percent: number.nullable(),
  collar_percent: number,
});
export type GateFacts = z.infer<typeof facts>;

/** Everything the gate wants to know from the database about one order, in one statement. */
export function gateFactsRepo(pool: pg.Pool) {
  return async (order: OrderRow): Promise<GateFacts> => {
    // Named: the server plans it once a connection; planning took longer than the answer.
    const values = [order.id, order.accountId, order.symbol, order.orderDay];
    const { rows } = await pool.query<{ facts: unknown }>({ name: 'gate_facts', text: SQL, values });
    return facts.parse(rows[0]?.facts);
  };
}

const SQL = `
select jsonb_build_object(
  'instrument', (select to_jsonb(i) from public.instruments i where i.stock_code = $3),
  'quote', (
    select jsonb_build_object('last_price', q.last_price, 'phase', q.phase, 'is_halted', q.is_halted,
             'age_seconds', extract(epoch from now() - q.heard_at), 'expected_price', (q.book ->> 'expectedPrice')::numeric)
      from public.quotes q where q.stock_code = $3 and q.feed in ('shared', $2::uuid::text) order by q.heard_at desc limit 1),
  'sessions', coalesce((
    select jsonb_agg(jsonb_build_object('session', c.session, 'order_from', c.order_from, 'open_at', c.open_at, 'close_at', c.close_at))
      from public.market_calendar c where c.market = 'KRX' and c.day = $4::date and c.is_open), '[]'),
  'working', coalesce((
    select jsonb_agg(jsonb_build_object('side', o.order_type, 'price', o.price, 'remaining', o.quantity - o.cum_quantity - o.cancelled_quantity - o.replaced_quantity))
      from public.real_orders o
     where o.broker_account_id = $2::uuid and o.stock_code = $3 and o.id <> $1
       and o.order_status in ('submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending')), '[]'),
  'same_seconds_ago', (
    select min(extract(epoch from me.created_at - o.created_at))
      from public.real_orders me join public.real_orders o
        on o.broker_account_id = me.broker_account_id and o.stock_code = me.stock_code and o.order_type = me.order_type
       and o.quantity = me.quantity and o.price is not distinct from me.price and o.price_type = me.price_type
       and o.id <> me.id and o.created_at <= me.created_at and o.created_at > me.created_at - interval '10 seconds'
       and o.order_status <> 'denied' and o.intent_key is distinct from me.intent_key
     where me.id = $1),
  'has_break', exists (
    select 1 from public.reconciliation_breaks b where b.broker_account_id = $2::uuid and b.stock_code = $3 and b.closed_at is null),
  'allow_restricted', coalesce((
    select s.allow_restricted from public.investment_settings s join public.real_orders me on me.user_id = s.user_id where me.id = $1), false),
  'max_volume_percent', (select t.max_volume_percent from public.trading_permissions t join public.real_orders me on me.user_id = t.user_id where me.id = $1),
  'collar_percent', coalesce((
    select t.collar_percent from public.trading_permissions t join public.real_orders me on me.user_id = t.user_id where me.id = $1), 5)
) as facts`;
