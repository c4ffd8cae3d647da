import 'server-only';
import { createServerClient } from '@supabase/ssr';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { cookies } from 'next/headers';
import { webEnv } from '#lib/env/web.ts';
import type { RuntimeConfig } from './runtime-config.ts';

/** Acts as the person of this request's cookies, under RLS. */
export async function serverClient(): Promise<SupabaseClient> {
  const env = webEnv();
  const store = await cookies();
  return createServerClient(env.SUPABASE_URL, env.SUPABASE_PUBLISHABLE_KEY, {
    cookies: {
      getAll: () => store.getAll(),
      setAll: (all) => {
        try {
          for (const cookie of all) store.set(cookie.name, cookie.value, cookie.options);
        } catch {
          // Server Components cannot write cookies; proxy.ts has already refreshed them for this request.
        }
      },
    },
  });
}

/** Acts as the holder of an access token: programs call our doors with `Authorization: Bearer`. */
export function bearerClient(accessToken: string): SupabaseClient {
  const env = webEnv();
  return createClient(env.SUPABASE_URL, env.SUPABASE_PUBLISHABLE_KEY, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { headers: { Authorization: `Bearer ${accessToken}` } },
  });
}

/** What the browser is told with each page. */
export function runtimeConfig(): RuntimeConfig {
  const env = webEnv();
  return { supabaseUrl: env.SUPABASE_URL, publishableKey: env.SUPABASE_PUBLISHABLE_KEY, isDemo: env.NARAE_DEMO };
}
