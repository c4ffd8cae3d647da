import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { side } from '#domain/order/order.ts';
import { isDenialCode } from '#domain/risk/denials.ts';
import { decimal, instant, whole } from './columns.ts';
import { must } from './fault.ts';

const refusal = z
  .object({ code: z.string().refine(isDenialCode), numbers: z.record(z.string(), z.union([z.number(), z.string()]).nullable()) })
  .nullable();
const risk = {
  max_order_amount: decimal.nullable(),
  max_gross_amount: decimal.nullable(),
  max_daily_loss: decimal.nullable(),
  max_orders_a_minute: whole.nullable(),
  max_volume_percent: decimal.nullable(),
  collar_percent: decimal,
};

/** Limits a person tightens alone; null: not limited. Won, orders a minute, percent. */
const riskLimits = z.object(risk).transform((row) => ({
  maxOrderAmount: row.max_order_amount,
  maxGrossAmount: row.max_gross_amount,
  maxDailyLoss: row.max_daily_loss,
  maxOrdersAMinute: row.max_orders_a_minute,
  maxVolumePercent: row.max_volume_percent,
  collarPercent: row.collar_percent,
}));
export type RiskLimits = z.infer<typeof riskLimits>;

/** What the gate knows of an account and a symbol; see `public.order_facts`. */
export const orderFacts = z.object({
  authority: z.object({ buy: refusal, sell: refusal }),
  limits: z.object({
    ...risk,
    max_position_size: decimal,
    daily_trade_limit: decimal,
    daily_order_limit: whole,
    expired_at: instant.nullable(),
  }),
  usage: z.object({ gross: decimal, daily_amount: decimal, daily_orders: whole, minute_orders: whole, loss: decimal }),
  held: whole,
  working_buys: whole,
  commission_rate: decimal,
  free_cash: decimal.nullable(),
  last_price: decimal.nullable(),
  sellable: whole,
  working: z.array(z.object({ side, price: decimal.nullable(), remaining: whole })),
  has_unknown_buy: z.boolean(),
  has_break: z.boolean(),
  allow_restricted: z.boolean(),
  average_volume: whole.nullable(),
});
export type OrderFacts = z.infer<typeof orderFacts>;

export const riskRepo = (db: SupabaseClient) => ({
  async orderFacts(accountId: string, symbol: string): Promise<OrderFacts> {
    const answer = await db.rpc('order_facts', { p_account_id: accountId, p_stock_code: symbol });
    return orderFacts.parse(must(answer, 'order_facts'));
  },
  async limits(userId: string): Promise<RiskLimits> {
    return riskLimits.parse(must(await db.rpc('risk_limits', { p_user_id: userId }), 'risk_limits'));
  },
  async setLimits(userId: string, limits: RiskLimits): Promise<RiskLimits> {
    const patch = {
      max_order_amount: limits.maxOrderAmount,
      max_gross_amount: limits.maxGrossAmount,
      max_daily_loss: limits.maxDailyLoss,
      max_orders_a_minute: limits.maxOrdersAMinute,
      max_volume_percent: limits.maxVolumePercent,
      collar_percent: limits.collarPercent,
    };
    return riskLimits.parse(must(await db.rpc('set_risk_limits', { p_user_id: userId, p_limits: patch }), 'set_risk_limits'));
  },
});
