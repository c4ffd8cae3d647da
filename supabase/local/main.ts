import { z } from 'zod';
import { parseEnv } from '#lib/env/parse-env.ts';
import { runService } from '#nas/runtime/service.ts';
import { startSupabase } from './supabase.ts';

const env = z.object({
  PORT: z.coerce.number().int(),
  LITE_DATABASE_URL: z.string(),
  ADMIN_DATABASE_URL: z.string(),
  JWT_SECRET: z.string(),
  SUPABASE_PUBLISHABLE_KEY: z.string(),
  SUPABASE_SECRET_KEY: z.string(),
  NARAE_WEB_ORIGIN: z.url(),
});

/** The local stand-in for a hosted Supabase project, as a process of its own. Mails go to the parent, which prints them. */
await runService('supabase', async ({ log }) => {
  const given = parseEnv(env, process.env);
  const supabase = await startSupabase({
    port: given.PORT,
    liteUrl: given.LITE_DATABASE_URL,
    adminUrl: given.ADMIN_DATABASE_URL,
    keys: { jwtSecret: given.JWT_SECRET, publishableKey: given.SUPABASE_PUBLISHABLE_KEY, secretKey: given.SUPABASE_SECRET_KEY },
    webUrl: given.NARAE_WEB_ORIGIN,
    onMail: (mail) => process.send?.({ type: 'mail', mail }),
    log,
  });
  return { url: supabase.url, stop: () => supabase.close() };
});
