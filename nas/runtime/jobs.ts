import { EventEmitter } from 'node:events';
import { Logger, type Runner, run, type TaskList } from 'graphile-worker';
import type pg from 'pg';
import type { Log } from '#lib/log.ts';

export interface JobRunner {
  /** Ids under which jobs are locked; recorded with the heartbeat so that others can free them after a crash. */
  workerIds(): readonly string[];
  stop(): Promise<void>;
}

/** Takes graphile-worker jobs of the named tasks. Job payloads hold ids only, so they may be logged. */
export async function startJobs(options: { pool: pg.Pool; tasks: TaskList; concurrency: number; log: Log }): Promise<JobRunner> {
  const { pool, tasks, concurrency, log } = options;
  const ids = new Set<string>();
  const logger = new Logger(() => (level, message, meta) => {
    if (level === 'error') log.error({ job: meta }, message);
    else if (level === 'warning') log.warn({ job: meta }, message);
    else log.debug(message);
  });
  const events = new EventEmitter();
  // Jobs are locked in the name of the pool, not of its workers (graphile-worker 0.17 and later).
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => ids.add(workerPool.id));
  const runner: Runner = await run({
    pgPool: pool,
    taskList: tasks,
    concurrency,
    noHandleSignals: true,
    logger,
    events,
    pollInterval: 2_000,
    parsedCronItems: [],
  });
  return { workerIds: () => [...ids], stop: () => runner.stop() };
}
