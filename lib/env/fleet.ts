import { z } from 'zod';
import { parseEnv } from './parse-env.ts';

/** Transaction mode of the pooler: it silently loses LISTEN and session locks, and with them every wake-up. */
const TRANSACTION_POOLER_PORT = '6543';

const databaseUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'must be an address that begins with postgres://' })
  .refine((text) => new URL(text).port !== TRANSACTION_POOLER_PORT && new URL(text).searchParams.get('pgbouncer') !== 'true', {
    error:
      'points at the transaction pooler (port 6543), which loses LISTEN and session locks. Use the session pooler: the same address with port 5432.',
  });

const port = z.coerce.number().int().min(0).max(65_535);
const origin = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const socket = z.url({ protocol: /^wss?$/ });

const shared = {
  DATABASE_URL: databaseUrl,
  CREDENTIALS_DIR: z.string().min(1),
  MARKET_DATA_DIR: z.string().min(1),
  SUPABASE_URL: origin.optional(),
  SUPABASE_PUBLISHABLE_KEY: z.string().min(1).optional(),
  // KIS's own hosts (developer portal); the paper pair usually points at the venue on a machine without accounts.
  KIS_REAL_REST_URL: origin.default('https://openapi.koreainvestment.com:9443'),
  KIS_REAL_WS_URL: socket.default('ws://ops.koreainvestment.com:21000/tryitout'),
  KIS_PAPER_REST_URL: origin.default('https://openapivts.koreainvestment.com:29443'),
  KIS_PAPER_WS_URL: socket.default('ws://ops.koreainvestment.com:31000/tryitout'),
  /** Calls a second for each app key; default 15 real and 0.95 paper (KIS notice of 2026-04-20: 18 and 1). The local venue allows more. */
  KIS_REQUESTS_PER_SECOND: z.coerce.number().positive().max(1_000).optional(),
  /** 0 listens on a free port. */
  PORT: port.default(0),
  /** The address to listen on. Services of the fleet are reached over loopback or the private network only. */
  HOST: z.string().default('127.0.0.1'),
  /** Megabytes of bars that a back-test worker holds for grid searches; a job that needs more waits for a worker that has them. */
  WORKER_BARS_MB: z.coerce.number().int().min(1).max(1_000_000).default(1_024),
  /** The machine a worker runs on, the same for all its containers: of whole-market grid searches a machine computes one at a time. */
  WORKER_HOST: z.string().min(1).max(100).optional(),
  /** Shown with the heartbeat. */
  NARAE_VERSION: z.string().default(''),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
};

const fleetEnv = z.object(shared);
const gatewayEnv = z.object({
  ...shared,
  NAS_API_KEY: z.string().min(24, 'must have 24 characters or more'),
  NAS_API_SECRET: z.string().min(32, 'must have 32 characters or more'),
});

export type FleetEnv = z.infer<typeof fleetEnv>;
export type GatewayEnv = z.infer<typeof gatewayEnv>;

/** The environment of a fleet service; stops the start with every fault listed. */
export function readFleetEnv(source: Record<string, string | undefined>): FleetEnv {
  return parseEnv(fleetEnv, source);
}

/** The gateway's environment: the fleet's, and the pair of secrets that web and gateway share. */
export function readGatewayEnv(source: Record<string, string | undefined>): GatewayEnv {
  return parseEnv(gatewayEnv, source);
}

/** KIS hosts by environment, as the adapter takes them. */
export function kisEndpoints(env: FleetEnv): Record<'real' | 'paper', { restUrl: string; wsUrl: string }> {
  return {
    real: { restUrl: env.KIS_REAL_REST_URL, wsUrl: env.KIS_REAL_WS_URL },
    paper: { restUrl: env.KIS_PAPER_REST_URL, wsUrl: env.KIS_PAPER_WS_URL },
  };
}
