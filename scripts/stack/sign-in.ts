import { createServerClient } from '@supabase/ssr';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { DEMO_PASSWORD, DEMO_USERS } from '#supabase/local/seed.ts';
import type { StackAddresses } from './start-stack.ts';

export interface SignedIn {
  readonly userId: string;
  /** Acts as this person under RLS and on the private topics. */
  readonly client: SupabaseClient;
  /** What the web app asks for. */
  readonly cookie: string;
}

/** Signs a person of the demo in as a browser does. */
export async function signIn(stack: StackAddresses, who: keyof typeof DEMO_USERS): Promise<SignedIn> {
  const jar = new Map<string, string>();
  const web = createServerClient(stack.supabaseUrl, stack.publishableKey, {
    cookies: {
      getAll: () => [...jar].map(([name, value]) => ({ name, value })),
      setAll: (cookies) => {
        for (const { name, value } of cookies) jar.set(name, value);
      },
    },
  });
  const { data, error } = await web.auth.signInWithPassword({ email: DEMO_USERS[who].email, password: DEMO_PASSWORD });
  if (error) throw error;
  const token = data.session.access_token;
  const client = createClient(stack.supabaseUrl, stack.publishableKey, { accessToken: async () => token });
  await client.realtime.setAuth(token);
  const cookie = [...jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ');
  return { client, cookie, userId: data.user.id };
}
