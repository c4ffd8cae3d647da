import { hostname } from 'node:os';
import { schedule } from 'node-cron';
import { Counter, Gauge } from 'prom-client';
import { z } from 'zod';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import type { FleetEnv } from '#lib/env/fleet.ts';
import type { Log } from '#lib/log.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics, startStatusServer } from '#nas/runtime/http.ts';
import { startJobs } from '#nas/runtime/jobs.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { enqueueNightly, runNightly } from './nightly.ts';
import { runDeployment } from './run-deployment.ts';
import { schedulerStore } from './scheduler-store.ts';
import { enqueueDue, sessionsAround } from './tick.ts';

/** Second 4 of each minute: bars of the minute that ended are published by then. */
const EVERY_MINUTE = '4 * * * * *';
/** Without a tick for this long the service is not well. */
const SILENT_MS = 150_000;

const payload = z.object({ deploymentId: z.uuid(), phase: z.enum(['prepare', 'evaluate', 'clean_up']), tick: z.iso.datetime() });

export interface SchedulerOptions {
  readonly env: FleetEnv;
  readonly log: Log;
  /** The clock that ticks and lateness are reckoned with. */
  readonly now?: () => Date;
}

/** The auto-trader: a clock that asks, jobs that decide. Any number of them may run. */
export async function startScheduler({ env, log, now = () => new Date() }: SchedulerOptions): Promise<RunningService> {
  const pool = createFleetPool(env.DATABASE_URL, { name: 'scheduler', max: 3, log });
  const store = schedulerStore(pool);
  const registry = createMetrics('scheduler');
  const registers = [registry];
  const runs = new Counter({
    name: 'narae_deployment_runs_total',
    help: 'Ticks of deployments by phase',
    labelNames: ['phase'],
    registers,
  });
  const lastTick = new Gauge({ name: 'narae_scheduler_last_tick_seconds', help: 'When the minute was last asked (Unix time)', registers });
  const startedAt = now().getTime();
  let lastTickAt: Date | null = null;

  const jobs = await startJobs({
    pool,
    concurrency: 3,
    log,
    tasks: {
      'run-deployment': async (given) => {
        const run = payload.parse(given);
        const tick = new Date(run.tick);
        await runDeployment({ store, log, now }, { ...run, tick }, await sessionsAround(store, tick));
        runs.inc({ phase: run.phase });
      },
      nightly: () => runNightly({ pool, log }),
    },
  });
  async function everyMinute(): Promise<void> {
    const at = now();
    await enqueueDue(store, at);
    await enqueueNightly(pool, at);
    lastTickAt = at;
    lastTick.set(at.getTime() / 1_000);
  }
  const cron = schedule(EVERY_MINUTE, () => everyMinute().catch((error: unknown) => log.error({ err: error }, 'tick failed')), {
    timezone: 'Asia/Seoul',
    noOverlap: true,
  });
  const detail = () => ({ lastTickAt: lastTickAt?.toISOString() ?? null });
  const heartbeat = startHeartbeat({
    pool,
    log,
    service: 'scheduler',
    instance: `${hostname()}-${process.pid}`,
    version: env.NARAE_VERSION,
    workerIds: jobs.workerIds,
    detail,
  });
  const status = await startStatusServer({
    port: env.PORT,
    host: env.HOST,
    registry,
    health: () => ({ ok: now().getTime() - (lastTickAt?.getTime() ?? startedAt) < SILENT_MS, detail: detail() }),
  });
  return {
    url: status.url,
    async stop() {
      await cron.stop();
      heartbeat.stop();
      await jobs.stop();
      await status.stop();
      await pool.end();
    },
  };
}
