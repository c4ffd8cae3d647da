import { resolve } from 'node:path';
import { z } from 'zod';

/** 0 takes a free port. */
const port = (fallback: number) =>
  z.coerce.number('must be a number').int().min(0, 'must be 0–65535').max(65_535, 'must be 0–65535').default(fallback);

/** What can be set for `npm start`; everything has a default, so a fresh clone needs nothing. */
const stackEnv = z
  .object({
    NARAE_HOME: z.string().default('.narae'),
    NARAE_WEB_PORT: port(3000),
    NARAE_SUPABASE_PORT: port(54_321),
    NARAE_DB_PORT: port(54_322),
    NARAE_GATEWAY_PORT: port(8080),
    NARAE_VENUE_REST_PORT: port(29_443),
    NARAE_VENUE_WS_PORT: port(31_000),
    NARAE_VENUE_REAL_REST_PORT: port(0),
    NARAE_MARKET_HOURS: z.enum(['demo', 'always', 'krx']).default('demo'),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .superRefine((env, context) => {
    const seen = new Map<number, string>();
    for (const [name, value] of Object.entries(env)) {
      if (!name.endsWith('_PORT') || value === 0) continue;
      const earlier = seen.get(value as number);
      if (earlier)
        context.addIssue({ code: 'custom', path: [name], message: `is ${value}, as is ${earlier}: each needs a port of its own` });
      seen.set(value as number, name);
    }
  });
export type StackEnv = z.infer<typeof stackEnv>;

/** Reads the local stack's settings; throws with every fault listed. Empty values count as absent. */
export function readStackEnv(source: Record<string, string | undefined>): StackEnv {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = stackEnv.safeParse(given);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return { ...parsed.data, NARAE_HOME: resolve(parsed.data.NARAE_HOME) };
}
