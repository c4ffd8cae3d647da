import { hostname } from 'node:os';
import { schedule } from 'node-cron';
import { z } from 'zod';
import { addDays } from '#domain/market/day.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { readFleetEnv } from '#lib/env/fleet.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { startHeartbeat } from '#nas/runtime/heartbeat.ts';
import { createMetrics, startStatusServer } from '#nas/runtime/http.ts';
import { startJobs } from '#nas/runtime/jobs.ts';
import { runService } from '#nas/runtime/service.ts';
import { evaluationDue, phasesDue, type SessionRow, type Timeframe } from './phases.ts';
import { runDeployment } from './run-deployment.ts';
import { schedulerStore } from './scheduler-store.ts';

/** Second 4 of each minute: bars of the minute that ended are published by then. */
const EVERY_MINUTE = '4 * * * * *';
/** Sessions looked at around today: enough for minute warm-ups and the next opening after long holidays. */
const DAYS_BACK = 40;
const DAYS_AHEAD = 15;

const payload = z.object({ deploymentId: z.uuid(), phase: z.enum(['prepare', 'evaluate', 'clean_up']), tick: z.iso.datetime() });

await runService('scheduler', async ({ log }) => {
  const env = readFleetEnv(process.env);
  const pool = createFleetPool(env.DATABASE_URL, { name: 'scheduler', max: 3, log });
  const store = schedulerStore(pool);
  const now = (): Date => new Date();
  let lastTickAt: string | null = null;

  const sessionsAround = (at: Date): Promise<SessionRow[]> => {
    const today = seoul(at.getTime()).day;
    return store.sessions(addDays(today, -DAYS_BACK), addDays(today, DAYS_AHEAD));
  };

  /** Says what this minute asks of every deployment; the job queue runs it, here or in another scheduler. */
  async function tick(): Promise<void> {
    const at = now();
    lastTickAt = at.toISOString();
    const sessions = await sessionsAround(at);
    const phases = phasesDue(at, sessions);
    for (const { id, timeframe } of await store.runningIds()) {
      const due = evaluationDue(at, timeframe as Timeframe, sessions);
      if (due) await store.enqueue(id, due.phase, due.tick);
      // A daily strategy is judged at clean-up; that is its clean-up.
      for (const phase of phases) if (phase.tick.getTime() !== due?.tick.getTime()) await store.enqueue(id, phase.phase, phase.tick);
    }
  }

  const jobs = await startJobs({
    pool,
    concurrency: 3,
    log,
    tasks: {
      'run-deployment': async (given) => {
        const run = payload.parse(given);
        await runDeployment({ store, log, now }, { ...run, tick: new Date(run.tick) }, await sessionsAround(new Date(run.tick)));
      },
    },
  });
  const cron = schedule(EVERY_MINUTE, () => tick().catch((error: unknown) => log.error({ err: error }, 'tick failed')), {
    timezone: 'Asia/Seoul',
    noOverlap: true,
  });
  const detail = () => ({ lastTickAt });
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
    registry: createMetrics('scheduler'),
    health: () => ({ ok: true, detail: detail() }),
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
});
