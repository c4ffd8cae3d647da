import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { instant, whole } from './columns.ts';
import { must } from './fault.ts';
import { orderRow } from './orders.ts';

/** An order nobody knows the outcome of, with what is known about it. */
const unknownOrder = z
  .object({
    order: orderRow,
    owner: z.string(),
    account_label: z.string().nullable(),
    account_mask: z.string().nullable(),
    is_paper: z.boolean(),
    is_held: z.boolean(),
    read_at: instant.nullable(),
    attempts: z.array(
      z.object({
        started_at: instant,
        outcome: z.string().nullable(),
        message: z.string().nullable(),
        baseline: whole,
      }),
    ),
  })
  .transform((row) => ({
    order: row.order,
    owner: row.owner,
    accountName: row.account_label || row.account_mask || '',
    isPaper: row.is_paper,
    /** A live process sends for the account, so the look-ups go on. */
    isHeld: row.is_held,
    /** When the broker was last asked about the account. */
    readAt: row.read_at,
    attempts: row.attempts.map(({ started_at, ...attempt }) => ({ ...attempt, startedAt: started_at })),
  }));
export type UnknownOrder = z.infer<typeof unknownOrder>;

/** Orders of unknown outcome of everybody, oldest first; for administrators. */
export async function unknownOrders(db: SupabaseClient): Promise<UnknownOrder[]> {
  return z.array(unknownOrder).parse(must(await db.rpc('admin_unknown_orders'), 'admin_unknown_orders'));
}
