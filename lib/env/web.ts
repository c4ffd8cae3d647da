import { z } from 'zod';
import { parseEnv } from './parse-env.ts';

const flag = z.stringbool().default(false);

/** What the web app is told at run time. Nothing here is fixed by the build, so one build runs on any ports. */
const webEnvSchema = z
  .object({
    SUPABASE_URL: z.url(),
    SUPABASE_PUBLISHABLE_KEY: z.string().min(1),
    /** Shows the demo logins; set by the local stack only. */
    NARAE_DEMO: flag,
    /** Fingerprints of the sealing keys that may receive credentials, comma separated; without one only the demo seals. */
    NARAE_KEY_FINGERPRINTS: z
      .string()
      .default('')
      .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
      .pipe(z.array(z.string().regex(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/, 'as `npm run cli -- keys show` prints them'))),
    /** The gateway on the private path; everything works without it. */
    NAS_API_URL: z.url().optional(),
    NAS_API_KEY: z.string().min(16).optional(),
    /** Signs what is sent there. */
    NAS_API_SECRET: z.string().min(32).optional(),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  })
  .refine((env) => new Set([env.NAS_API_URL, env.NAS_API_KEY, env.NAS_API_SECRET].map((value) => value === undefined)).size === 1, {
    message: 'NAS_API_URL, NAS_API_KEY and NAS_API_SECRET go together',
    path: ['NAS_API_KEY'],
  });
export type WebEnv = z.infer<typeof webEnvSchema>;

/** Reads the variables of the web app; throws with every fault listed. Empty values count as absent. */
export function parseWebEnv(source: Record<string, string | undefined>): WebEnv {
  return parseEnv(webEnvSchema, source);
}

let cached: WebEnv | undefined;

/** The web app's environment, read at the first request rather than at build. */
export function webEnv(): WebEnv {
  cached ??= parseWebEnv(process.env);
  return cached;
}
