import { hostname } from 'node:os';
import { loadOrMakeSealingKey } from '#lib/credentials/key-file.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';

import { readFleetEnv } from '#lib/env/fleet.ts';
import type { Log } from '#lib/log.ts';
import { accountOpener } from '#nas/brokers/open-account.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics, startStatusServer } from '#nas/runtime/http.ts';
import { runService } from '#nas/runtime/service.ts';
import { type MarketFeed, startFeed } from './service.ts';
import { type FeedAccount, marketStore } from './store.ts';

/** How often a fleet without a feed looks whether an administrator has allowed one. */
const FEED_POLL_MS = 3_000;

await runService('market', async ({ log, signal }) => {
  const env = readFleetEnv(process.env);
  const pool = createFleetPool(env.DATABASE_URL, { name: 'market', max: 3, log });
  const lockPool = createFleetPool(env.DATABASE_URL, { name: 'market-lock', max: 1, log });
  const open = accountOpener({ pool, lockPool, key: await loadOrMakeSealingKey(env.CREDENTIALS_DIR), env, log });
  const store = marketStore(pool);

  let feed: MarketFeed | null = null;
  let account: FeedAccount | null = null;
  const choose = async (): Promise<void> => {
    const wanted = await store.feedAccount();
    if (wanted?.accountId === account?.accountId) return;
    await feed?.stop();
    feed = null;
    account = null;
    if (!wanted) return;
    const { broker } = await open(wanted);
    feed = startFeed({ store, broker, log, now: () => new Date() });
    account = wanted;
    log.info({ accountId: wanted.accountId }, 'feed started');
  };
  const stopChoosing = repeat(FEED_POLL_MS, choose, log);

  const detail = () => feed?.state() ?? { feed: 'none' as const };
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
    registry: createMetrics('market'),
    health: () => ({ ok: detail().feed !== 'down', detail: detail() }),
  });
  signal.addEventListener('abort', stopChoosing);
  return {
    url: status.url,
    async stop() {
      stopChoosing();
      heartbeat.stop();
      await status.stop();
      await feed?.stop();
      await Promise.all([pool.end(), lockPool.end()]);
    },
  };
});

/** Runs `turn` now and then every `ms` after the last one ended; returns what stops it. */
function repeat(ms: number, turn: () => Promise<void>, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = (): void => {
    turn()
      .catch((error: unknown) => log.warn({ err: error }, 'feed could not be chosen'))
      .finally(() => {
        if (!stopped) timer = setTimeout(next, ms);
      });
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
