import { hostname } from 'node:os';
import { z } from 'zod';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { readFleetEnv } from '#lib/env/fleet.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics, startStatusServer } from '#nas/runtime/http.ts';
import { startJobs } from '#nas/runtime/jobs.ts';
import { runService } from '#nas/runtime/service.ts';
import { backtestStore } from './backtest-store.ts';
import { listDatasets } from './datasets.ts';
import { runBacktestJob } from './job.ts';

const payload = z.object({ backtestId: z.uuid() });
/** How often the volume is looked at for new data. */
const DATASETS_EVERY_MS = 10_000;

await runService('backtest', async ({ log, signal }) => {
  const env = readFleetEnv(process.env);
  const pool = createFleetPool(env.DATABASE_URL, { name: 'backtest', max: 3, log });
  const store = backtestStore(pool);
  let running: string | null = null;

  const publish = async (): Promise<void> => store.publishDatasets(await listDatasets(env.MARKET_DATA_DIR, log));
  await publish();
  const datasets = setInterval(
    () => void publish().catch((error: unknown) => log.warn({ err: error }, 'data sets could not be published')),
    DATASETS_EVERY_MS,
  );

  // One run at a time: memory and the event loop belong to it. More runs, more workers.
  const jobs = await startJobs({
    pool,
    concurrency: 1,
    log,
    tasks: {
      backtest: async (given, helpers) => {
        const { backtestId } = payload.parse(given);
        running = backtestId;
        try {
          await runBacktestJob(backtestId, helpers.job.attempts >= helpers.job.max_attempts, {
            store,
            marketDataDir: env.MARKET_DATA_DIR,
            log,
            signal,
          });
        } finally {
          running = null;
        }
      },
    },
  });
  const heartbeat = startHeartbeat({
    pool,
    log,
    service: 'backtest',
    instance: `${hostname()}-${process.pid}`,
    version: env.NARAE_VERSION,
    workerIds: jobs.workerIds,
    detail: () => ({ running }),
  });
  const status = await startStatusServer({
    port: env.PORT,
    host: env.HOST,
    registry: createMetrics('backtest'),
    health: () => ({ ok: true, detail: { running } }),
  });
  return {
    url: status.url,
    async stop() {
      clearInterval(datasets);
      heartbeat.stop();
      await jobs.stop();
      await status.stop();
      await pool.end();
    },
  };
});
