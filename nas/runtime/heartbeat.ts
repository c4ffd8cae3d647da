import type pg from 'pg';
import { type Beat, beat, unlockSilentWorkers } from '#lib/db/fleet/heartbeats.ts';
import type { Log } from '#lib/log.ts';

const BEAT_EVERY_MS = 5_000;
/** How often jobs of killed processes are looked for: whoever is left takes them over, not only whoever starts. */
const UNLOCK_EVERY_MS = 10_000;

export interface HeartbeatOptions extends Omit<Beat, 'workerIds' | 'detail'> {
  readonly pool: pg.Pool;
  readonly log: Log;
  workerIds?(): readonly string[];
  detail?(): Record<string, unknown>;
}

/** Beats every 5 s until stopped, and frees jobs held by processes that were killed. */
export function startHeartbeat(options: HeartbeatOptions): { stop(): void } {
  const { pool, log } = options;
  const once = () =>
    beat(pool, { ...options, workerIds: options.workerIds?.() ?? [], detail: options.detail?.() ?? {} }).catch((error) =>
      log.warn({ err: error }, 'heartbeat failed'),
    );
  const unlock = () =>
    unlockSilentWorkers(pool).then(
      (freed) => freed > 0 && log.debug({ freed }, 'jobs of silent workers released'),
      (error) => log.warn({ err: error }, 'could not release jobs of silent workers'),
    );
  void unlock();
  void once();
  const timers = [setInterval(once, BEAT_EVERY_MS), setInterval(unlock, UNLOCK_EVERY_MS)];
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
