import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { STOP_KINDS } from '#domain/risk/stop-levels.ts';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

/** A protective stop as its owner sees it. Prices in won. */
export const stopRow = z
  .object({
    id: rowId,
    broker_account_id: rowId,
    deployment_id: rowId.nullable(),
    stock_code: z.string(),
    kind: z.enum(STOP_KINDS),
    trigger_price: decimal.nullable(),
    trail_rate: decimal.nullable(),
    high_water: decimal,
    quantity: whole,
    state: z.enum(['armed', 'fired', 'done', 'cancelled', 'paused']),
    reason: z.string(),
    order_id: rowId.nullable(),
    fired_at: instant.nullable(),
    version: whole,
  })
  .transform((row) => ({
    id: row.id,
    accountId: row.broker_account_id,
    deploymentId: row.deployment_id,
    symbol: row.stock_code,
    kind: row.kind,
    trigger: row.trigger_price,
    trailRate: row.trail_rate,
    highWater: row.high_water,
    quantity: row.quantity,
    state: row.state,
    reason: row.reason,
    orderId: row.order_id,
    firedAt: row.fired_at,
    version: row.version,
  }));
export type StopView = z.infer<typeof stopRow>;

export interface StopWish {
  readonly accountId: string;
  readonly symbol: string;
  readonly kind: 'stop_loss' | 'take_profit' | 'trailing';
  /** Won a share; null for a trailing stop. */
  readonly trigger: number | null;
  /** Fraction below the high; null but for a trailing stop. */
  readonly trailRate: number | null;
  readonly quantity: number;
}

const COLUMNS =
  'id,broker_account_id,deployment_id,stock_code,kind,trigger_price,trail_rate,high_water,quantity,state,reason,order_id,fired_at,version';

export const stopViews = (db: SupabaseClient) => ({
  /** Stops that stand. */
  async list(): Promise<StopView[]> {
    const answer = await db
      .from('protective_stops')
      .select(COLUMNS)
      .in('state', ['armed', 'fired', 'paused'])
      .order('stock_code')
      .order('kind');
    return z.array(stopRow).parse(must(answer, 'stops.list'));
  },
  async set(wish: StopWish): Promise<StopView> {
    const answer = await db.rpc('set_protective_stop', {
      p_account_id: wish.accountId,
      p_stock_code: wish.symbol,
      p_kind: wish.kind,
      p_trigger: wish.trigger,
      p_trail_rate: wish.trailRate,
      p_quantity: wish.quantity,
    });
    return stopRow.parse(must(answer, 'set_protective_stop'));
  },
  async cancel(id: string): Promise<StopView> {
    return stopRow.parse(must(await db.rpc('cancel_protective_stop', { p_stop_id: id }), 'cancel_protective_stop'));
  },
});
