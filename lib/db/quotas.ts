import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

/** Lanes of the calls to a broker, most urgent first; the order of `used`. */
export const QUOTA_LANES = ['cancel', 'exit', 'inFlight', 'entry', 'reconcile', 'screen'] as const;

/** The quota of an account's app key: calls a second allowed and at present, and the calls of the last minute by lane. */
export const quotaRow = z
  .object({
    broker_account_id: rowId,
    limit_per_second: z.number().positive(),
    now_per_second: z.number().positive(),
    paused_until: instant.nullable(),
    used: z.array(whole).length(QUOTA_LANES.length),
  })
  .transform((row) => ({
    accountId: row.broker_account_id,
    limitPerSecond: row.limit_per_second,
    nowPerSecond: row.now_per_second,
    pausedUntil: row.paused_until,
    used: row.used,
  }));
export type QuotaView = z.infer<typeof quotaRow>;

export const quotaRepo = (db: SupabaseClient) => ({
  /** Of the signed-in person's accounts; an account without calls so far has none. */
  async mine(): Promise<QuotaView[]> {
    return z.array(quotaRow).parse(must(await db.rpc('my_broker_quotas'), 'quotas.mine'));
  },
});
