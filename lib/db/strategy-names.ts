import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { must } from './fault.ts';

/** Names of one's own strategies by id. */
export async function strategyNames(db: SupabaseClient, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = must(
    await db
      .from('strategies')
      .select('id,name')
      .in('id', [...new Set(ids)]),
    'strategyNames',
  );
  return new Map(
    z
      .array(z.object({ id: z.string(), name: z.string() }))
      .parse(rows)
      .map((row) => [row.id, row.name]),
  );
}
