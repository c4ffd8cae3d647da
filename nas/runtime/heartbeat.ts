import type pg from 'pg';
import { type Beat, beat, unlockSilentWorkers } from '#lib/db/fleet/heartbeats.ts';
import type { Log } from '#lib/log.ts';

const BEAT_EVERY_MS = 5_000;

export interface HeartbeatOptions extends Omit<Beat, 'workerIds' | 'detail'> {
  readonly pool: pg.Pool;
  readonly log: Log;
  workerIds?(): readonly string[];
  detail?(): Record<string, unknown>;
}

/** Beats every 5 s until stopped; at the start it frees jobs held by processes that were killed. */
export function startHeartbeat(options: HeartbeatOptions): { stop(): void } {
  const { pool, log } = options;
  const once = () =>
    beat(pool, { ...options, workerIds: options.workerIds?.() ?? [], detail: options.detail?.() ?? {} }).catch((error) =>
      log.warn({ err: error }, 'heartbeat failed'),
    );
  unlockSilentWorkers(pool).then(
    (freed) => freed > 0 && log.info({ freed }, 'jobs of silent workers released'),
    (error) => log.warn({ err: error }, 'could not release jobs of silent workers'),
  );
  void once();
  const timer = setInterval(once, BEAT_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
