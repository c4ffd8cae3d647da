import { createBrowserClient } from '@supabase/ssr';
import type { SupabaseClient } from '@supabase/supabase-js';
import type { RuntimeConfig } from './runtime-config.ts';

let client: SupabaseClient | undefined;

/** The one client of this browser tab; acts as the signed-in person under RLS. */
export function browserClient(config: RuntimeConfig): SupabaseClient {
  client ??= createBrowserClient(config.supabaseUrl, config.publishableKey, {
    realtime: { heartbeatIntervalMs: 15_000, reconnectAfterMs: (tries: number) => Math.min(1_000 * 2 ** (tries - 1), 10_000) },
  });
  return client;
}
