import { hostname } from 'node:os';
import type pg from 'pg';
import { loadOrMakeSealingKey } from '#lib/credentials/key-file.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import type { FleetEnv } from '#lib/env/fleet.ts';
import type { Log } from '#lib/log.ts';
import { accountOpener } from '#nas/brokers/open-account.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics, startStatusServer } from '#nas/runtime/http.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { type MarketFeed, startFeed } from './feed.ts';
import { startLoop } from './loop.ts';
import { marketMetrics } from './metrics.ts';
import { type FeedAccount, marketStore } from './store.ts';

/** How often a fleet looks whether an administrator has allowed, changed or withdrawn a feed. */
const FEED_POLL_MS = 3_000;

/** The market service: runs the shared feed, when there is one. */
export async function startMarket({ env, log }: { readonly env: FleetEnv; readonly log: Log }): Promise<RunningService> {
  const pool: pg.Pool = createFleetPool(env.DATABASE_URL, { name: 'market', max: 3, log });
  const lockPool = createFleetPool(env.DATABASE_URL, { name: 'market-lock', max: 1, waitMs: 60_000, log });
  const open = accountOpener({ pool, lockPool, key: await loadOrMakeSealingKey(env.CREDENTIALS_DIR), env, log });
  const store = marketStore(pool);
  const registry = createMetrics('market');
  const metrics = marketMetrics(registry);

  let feed: MarketFeed | null = null;
  let current = '';
  /** Runs what is allowed now; new keys of the same account make a new session. */
  async function choose(): Promise<void> {
    const wanted = await store.feedAccount();
    const identity = wanted ? identityOf(wanted) : '';
    if (identity === current) return;
    const ending = feed;
    feed = null;
    current = '';
    await ending?.stop();
    if (!wanted) return log.info('feed withdrawn');
    const { broker } = await open(wanted);
    feed = await startFeed({ store, broker, metrics, log: log.child({ accountId: wanted.accountId }), now: () => new Date() });
    current = identity;
    log.info({ accountId: wanted.accountId }, 'feed started');
  }
  const choosing = startLoop('choose feed', () => FEED_POLL_MS, choose, log);

  const detail = () => ({ ...(feed?.state() ?? { feed: 'none' as const }) });
  const heartbeat = startHeartbeat({
    pool,
    log,
    service: 'market',
    instance: `${hostname()}-${process.pid}`,
    version: env.NARAE_VERSION,
    detail,
  });
  const status = await startStatusServer({
    port: env.PORT,
    host: env.HOST,
    registry,
    health: () => ({ ok: detail().feed !== 'down', detail: detail() }),
  });
  return {
    url: status.url,
    async stop() {
      await choosing.stop();
      heartbeat.stop();
      await status.stop();
      await feed?.stop();
      await Promise.all([pool.end(), lockPool.end()]);
    },
  };
}

const identityOf = ({ accountId, sealed }: FeedAccount): string => `${accountId}|${JSON.stringify(sealed)}`;
