import { fileURLToPath } from 'node:url';

/** What the table below needs to know of the stack at hand. */
export interface ProcessContext {
  readonly mode: 'start' | 'dev';
  readonly logLevel: string;
  readonly marketHours: 'demo' | 'always' | 'krx';
  readonly ports: {
    readonly web: number;
    readonly supabase: number;
    readonly gateway: number;
    readonly venueRest: number;
    readonly venueWs: number;
    readonly venueReal: number;
  };
  readonly databaseUrl: (role: string) => string;
  readonly secrets: {
    readonly jwtSecret: string;
    readonly publishableKey: string;
    readonly secretKey: string;
    readonly nasApiKey: string;
    readonly nasApiSecret: string;
    readonly venueControlToken: string;
  };
  readonly dirs: { readonly credentials: string; readonly marketData: string; readonly venueData: string };
}

export interface ProcessSpec {
  readonly entry: string;
  readonly args?: (context: ProcessContext) => readonly string[];
  readonly env: (context: ProcessContext) => Record<string, string>;
  /** Started when every process of an earlier stage is ready; stopped in the opposite order. */
  readonly stage: 1 | 2 | 3;
  /** Needs nothing of the others to begin: started at once and waited for at its stage. */
  readonly startsEarly?: true;
  /** Ready means: it has said so over IPC after it began to serve. This long may that take. */
  readonly readyWithinMs: number;
}

const entry = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const url = (port: number, protocol = 'http'): string => `${protocol}://127.0.0.1:${port}`;

/** KIS allows a paper key one request a second; the demonstration market allows more, or an order would wait for its turn. */
const DEMO_REQUESTS_PER_SECOND = '20';

/** The environment of a fleet service: its own database role, and the venue in the place of the brokers. */
const fleet =
  (role: string, more: (context: ProcessContext) => Record<string, string> = () => ({})) =>
  (context: ProcessContext): Record<string, string> => ({
    DATABASE_URL: context.databaseUrl(role),
    SUPABASE_URL: url(context.ports.supabase),
    SUPABASE_PUBLISHABLE_KEY: context.secrets.publishableKey,
    CREDENTIALS_DIR: context.dirs.credentials,
    MARKET_DATA_DIR: context.dirs.marketData,
    KIS_PAPER_REST_URL: url(context.ports.venueRest),
    KIS_PAPER_WS_URL: `${url(context.ports.venueWs, 'ws')}/tryitout`,
    KIS_REAL_REST_URL: url(context.ports.venueReal),
    KIS_REAL_WS_URL: `${url(context.ports.venueReal, 'ws')}/tryitout`,
    KIS_REQUESTS_PER_SECOND: DEMO_REQUESTS_PER_SECOND,
    NARAE_MARKET_HOURS: context.marketHours,
    LOG_LEVEL: context.logLevel,
    PORT: '0',
    ...more(context),
  });
const nasSecrets = ({ secrets }: ProcessContext): Record<string, string> => ({
  NAS_API_KEY: secrets.nasApiKey,
  NAS_API_SECRET: secrets.nasApiSecret,
});

/** Every process of the local stack beside Postgres. */
export const PROCESSES = {
  supabase: {
    entry: entry('supabase/local/main.ts'),
    stage: 1,
    readyWithinMs: 60_000,
    env: (context) => ({
      PORT: String(context.ports.supabase),
      LITE_DATABASE_URL: context.databaseUrl('lite'),
      ADMIN_DATABASE_URL: context.databaseUrl('postgres'),
      JWT_SECRET: context.secrets.jwtSecret,
      SUPABASE_PUBLISHABLE_KEY: context.secrets.publishableKey,
      SUPABASE_SECRET_KEY: context.secrets.secretKey,
      NARAE_WEB_ORIGIN: url(context.ports.web),
    }),
  },
  venue: {
    entry: entry('nas/venue/main.ts'),
    stage: 1,
    readyWithinMs: 60_000,
    env: (context) => ({
      NARAE_VENUE_REST_PORT: String(context.ports.venueRest),
      NARAE_VENUE_WS_PORT: String(context.ports.venueWs),
      NARAE_VENUE_REAL_REST_PORT: String(context.ports.venueReal),
      VENUE_CONTROL_TOKEN: context.secrets.venueControlToken,
      VENUE_PAPER_RATE: DEMO_REQUESTS_PER_SECOND,
      VENUE_REAL_RATE: DEMO_REQUESTS_PER_SECOND,
      NARAE_MARKET_HOURS: context.marketHours,
      VENUE_DATA_DIR: context.dirs.venueData,
      MARKET_DATA_DIR: context.dirs.marketData,
      LOG_LEVEL: context.logLevel,
    }),
  },
  trading: { entry: entry('nas/trading/main.ts'), stage: 2, readyWithinMs: 60_000, env: fleet('narae_trading') },
  market: { entry: entry('nas/market/main.ts'), stage: 2, readyWithinMs: 60_000, env: fleet('narae_market') },
  gateway: {
    entry: entry('nas/gateway/main.ts'),
    stage: 2,
    readyWithinMs: 60_000,
    env: fleet('narae_gateway', (context) => ({ ...nasSecrets(context), PORT: String(context.ports.gateway) })),
  },
  scheduler: { entry: entry('nas/scheduler/main.ts'), stage: 2, readyWithinMs: 60_000, env: fleet('narae_scheduler') },
  backtest: { entry: entry('nas/backtest/main.ts'), stage: 2, readyWithinMs: 60_000, env: fleet('narae_worker') },
  web: {
    entry: entry('scripts/web.ts'),
    args: (context) => [context.mode],
    stage: 3,
    startsEarly: true, // its build, the longest step of a first start, runs beside the others' start
    readyWithinMs: 300_000,
    env: (context) => ({
      NODE_ENV: context.mode === 'dev' ? 'development' : 'production',
      PORT: String(context.ports.web),
      SUPABASE_URL: url(context.ports.supabase),
      SUPABASE_PUBLISHABLE_KEY: context.secrets.publishableKey,
      NARAE_WEB_ORIGIN: url(context.ports.web),
      NARAE_DEMO: 'true',
      NAS_API_URL: url(context.ports.gateway),
      ...nasSecrets(context),
      LOG_LEVEL: context.logLevel,
    }),
  },
} as const satisfies Record<string, ProcessSpec>;
export type ProcessName = keyof typeof PROCESSES;
