import { randomUUID } from 'node:crypto';
import type { Lease, TradingRepo } from '#lib/db/fleet/trading.ts';
import type { Log } from '#lib/log.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { TIMING } from './timing.ts';

/** The row is renewed over the network: what was on the way counts against us. */
const SAFETY_MS = 500;

export interface Instance {
  readonly id: string;
  /** False when our row may have expired by our own steady clock: then another process may be sending, so we must not. */
  isAlive(): boolean;
  stop(): Promise<void>;
}

/** Keeps this process's row alive and asks for accounts without a live owner. */
export function startInstance(options: { repo: TradingRepo; clock: Clock; log: Log; onLeases(leases: readonly Lease[]): void }): Instance {
  const { repo, clock, log } = options;
  const id = randomUUID();
  let validUntil = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let callOff = () => {};
  let beat: Promise<void> = Promise.resolve();

  async function tick(): Promise<void> {
    const startedAt = clock.monotonic();
    // Whoever slept past the row's end may have lost accounts: nothing is sent until it is known which ones are still ours.
    const hasLapsed = startedAt >= validUntil;
    if (startedAt - renewedAt >= TIMING.renewMs) {
      await repo.renewInstance(id);
      renewedAt = startedAt;
      if (!hasLapsed) validUntil = startedAt + TIMING.leaseMs - SAFETY_MS;
    }
    const leases = await repo.takeLeases(id);
    if (stopped) return;
    options.onLeases(leases);
    validUntil = renewedAt + TIMING.leaseMs - SAFETY_MS;
  }
  function loop(): void {
    beat = tick()
      .catch((error) => log.warn({ err: error }, 'leases could not be renewed'))
      .finally(() => {
        if (!stopped) callOff = clock.after(TIMING.takeMs, loop);
      });
  }
  loop();

  return {
    id,
    isAlive: () => !stopped && clock.monotonic() < validUntil,
    async stop() {
      stopped = true;
      callOff();
      await beat;
      await repo.dropInstance(id);
    },
  };
}
