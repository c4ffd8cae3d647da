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
import { runChunkLoop } from './chunk-loop.ts';
import { chunkStore } from './chunk-store.ts';
import { chunkWork } from './compute-chunk.ts';
import { listDatasets } from './datasets.ts';
import { runBacktestJob, WorkerStopping } from './job.ts';
import { asOnlyWholeMarket, HostBusy, WAITS_FOR_HOST } from './whole-market.ts';

const payload = z.object({ backtestId: z.uuid() });
/** How often the volume is looked at for new data. */
const DATASETS_EVERY_MS = 10_000;

export interface WorkerOptions {
  readonly env: FleetEnv;
  readonly log: Log;
  readonly progressEveryMs?: number;
  /** Times of the chunk loop, for tests. */
  readonly chunks?: { readonly leaseSeconds?: number; readonly renewEveryMs?: number; readonly pollEveryMs?: number };
}

/** A lease outlasts a stalled worker's garbage collection, and ends soon enough that a dead worker's chunk holds nobody up for long. */
const LEASE_SECONDS = 30;
/** Also how soon a cancelled chunk stops. */
const RENEW_EVERY_MS = 2_000;
const POLL_EVERY_MS = 1_000;
/** When a back-test that met another whole-market one on its host tries again. */
const HOST_BUSY_MS = 2_000;

/** A back-test worker: one run or chunk at a time, because memory and the event loop belong to it. More runs, more workers. */
export async function startWorker({ env, log, progressEveryMs, chunks = {} }: WorkerOptions): Promise<RunningService> {
  const pool = createFleetPool(env.DATABASE_URL, { name: 'backtest', max: 4, log });
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
  const chunksEnded = new Counter({
    name: 'narae_chunks_total',
    help: 'Chunks of grid searches by how they ended',
    labelNames: ['end'],
    registers,
  });
  const instance = `${hostname()}-${process.pid}`;
  const host = env.WORKER_HOST ?? hostname();
  const turn = oneAtATime();
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
      backtest: (given, { job, addJob }) =>
        turn(async () => {
          const { backtestId } = payload.parse(given);
          running = backtestId;
          const stopTimer = seconds.startTimer();
          const run = () =>
            runBacktestJob(backtestId, job.attempts >= job.max_attempts, {
              store,
              marketDataDir: env.MARKET_DATA_DIR,
              log,
              signal: stopping.signal,
              ...(progressEveryMs === undefined ? {} : { progressEveryMs }),
            });
          try {
            await ((await store.readsWholeMarket(backtestId)) ? asOnlyWholeMarket(pool, host, stopping.signal, run) : run());
            ended.inc({ end: 'settled' });
          } catch (error) {
            const isBusy = error instanceof HostBusy;
            if (!isBusy && !(error instanceof WorkerStopping) && !stopping.signal.aborted) {
              ended.inc({ end: 'failed' });
              throw error;
            }
            if (isBusy) await store.waits(backtestId, WAITS_FOR_HOST);
            // Neither is a failure of the run, so it gets a fresh job.
            const runAt = isBusy ? { runAt: new Date(Date.now() + HOST_BUSY_MS) } : {};
            await addJob('backtest', { backtestId }, { jobKey: `backtest:${backtestId}`, maxAttempts: job.max_attempts, ...runAt });
            ended.inc({ end: isBusy ? 'waits' : 'handed_on' });
          } finally {
            stopTimer();
            running = null;
          }
        }),
    },
  });
  const loop = runChunkLoop({
    store: chunkStore(pool, { worker: instance, host, leaseSeconds: chunks.leaseSeconds ?? LEASE_SECONDS }),
    work: chunkWork(env.MARKET_DATA_DIR, env.WORKER_BARS_MB),
    turn,
    memoryMb: env.WORKER_BARS_MB,
    log,
    signal: stopping.signal,
    renewEveryMs: chunks.renewEveryMs ?? RENEW_EVERY_MS,
    pollEveryMs: chunks.pollEveryMs ?? POLL_EVERY_MS,
    onChunk: (chunk, end) => {
      running = chunk && `${chunk.optimisationId}#${chunk.number}`;
      if (end) chunksEnded.inc({ end });
    },
  });
  const heartbeat = startHeartbeat({
    pool,
    log,
    service: 'backtest',
    instance,
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
      await Promise.all([jobs.stop(), loop]);
      await status.stop();
      await pool.end();
    },
  };
}

/** Lets one piece of work run at a time, in the order of their asking. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
}
