import { hostname } from 'node:os';
import { Counter, Histogram } from 'prom-client';
import { z } from 'zod';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import type { FleetEnv } from '#lib/env/fleet.ts';
import type { Log } from '#lib/log.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics, startStatusServer } from '#nas/runtime/http.ts';
import { startJobs } from '#nas/runtime/jobs.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { backtestStore } from './backtest-store.ts';
import { listDatasets } from './datasets.ts';
import { runBacktestJob, WorkerStopping } from './job.ts';

const payload = z.object({ backtestId: z.uuid() });
/** How often the volume is looked at for new data. */
const DATASETS_EVERY_MS = 10_000;

export interface WorkerOptions {
  readonly env: FleetEnv;
  readonly log: Log;
  readonly progressEveryMs?: number;
}

/** A back-test worker: one run at a time, because memory and the event loop belong to it. More runs, more workers. */
export async function startWorker({ env, log, progressEveryMs }: WorkerOptions): Promise<RunningService> {
  const pool = createFleetPool(env.DATABASE_URL, { name: 'backtest', max: 3, log });
  const store = backtestStore(pool);
  const stopping = new AbortController();
  const registry = createMetrics('backtest');
  const registers = [registry];
  const ended = new Counter({ name: 'narae_backtests_total', help: 'Attempts by how they ended', labelNames: ['end'], registers });
  const seconds = new Histogram({
    name: 'narae_backtest_seconds',
    help: 'Duration of an attempt, data included',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900],
    registers,
  });
  let running: string | null = null;

  const publish = async (): Promise<void> => store.publishDatasets(await listDatasets(env.MARKET_DATA_DIR, log));
  await publish();
  const datasets = setInterval(
    () => void publish().catch((error: unknown) => log.warn({ err: error }, 'data sets could not be published')),
    DATASETS_EVERY_MS,
  );

  const jobs = await startJobs({
    pool,
    concurrency: 1,
    log,
    tasks: {
      backtest: async (given, { job, addJob }) => {
        const { backtestId } = payload.parse(given);
        running = backtestId;
        const stopTimer = seconds.startTimer();
        try {
          await runBacktestJob(backtestId, job.attempts >= job.max_attempts, {
            store,
            marketDataDir: env.MARKET_DATA_DIR,
            log,
            signal: stopping.signal,
            ...(progressEveryMs === undefined ? {} : { progressEveryMs }),
          });
          ended.inc({ end: 'settled' });
        } catch (error) {
          if (!(error instanceof WorkerStopping)) {
            ended.inc({ end: 'failed' });
            throw error;
          }
          await addJob('backtest', { backtestId }, { jobKey: `backtest:${backtestId}`, maxAttempts: job.max_attempts });
          ended.inc({ end: 'handed_on' });
        } finally {
          stopTimer();
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
    registry,
    health: () => ({ ok: true, detail: { running } }),
  });
  return {
    url: status.url,
    async stop() {
      stopping.abort();
      clearInterval(datasets);
      heartbeat.stop();
      await jobs.stop();
      await status.stop();
      await pool.end();
    },
  };
}
