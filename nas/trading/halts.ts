import type pg from 'pg';
import type { HaltLevel } from '#domain/risk/gate-input.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { Log } from '#lib/log.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { TIMING } from './timing.ts';

const RANK: Readonly<Record<HaltLevel, number>> = { none: 0, pause_entries: 1, reduce_only: 2, halt: 3 };

interface HaltRow {
  readonly scope: 'platform' | 'broker' | 'user' | 'strategy';
  readonly scope_id: string;
  readonly level: HaltLevel;
}

export interface HaltWatch {
  /** The strongest level that stands against an order. Unread for 3 s counts as a halt. */
  levelFor(order: Pick<OrderRow, 'userId' | 'deploymentId'>, brokerType: string): HaltLevel;
  /** True when the flags in memory are too old to trust: orders wait, they are not denied. */
  isStale(): boolean;
  /** Reads at once; call it on a notification. */
  refresh(): Promise<void>;
  stop(): void;
}

/** The kill switch in memory, so that it can be asked in the tick of the socket write (ORDERS §6). */
export function startHaltWatch(options: { pool: pg.Pool; clock: Clock; log: Log }): HaltWatch {
  const { pool, clock, log } = options;
  let rows: readonly HaltRow[] = [];
  let ordersEnabled = false;
  let readAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let callOff = () => {};

  async function refresh(): Promise<void> {
    const startedAt = clock.monotonic();
    const { rows: answer } = await pool.query<{ halts: HaltRow[]; orders_enabled: boolean }>(
      `select coalesce((select jsonb_agg(jsonb_build_object('scope', scope, 'scope_id', scope_id, 'level', level))
                          from public.trading_halts where level <> 'none'), '[]') as halts,
              coalesce((select orders_enabled from public.platform_settings), false) as orders_enabled`,
    );
    rows = answer[0]?.halts ?? [];
    ordersEnabled = answer[0]?.orders_enabled ?? false;
    readAt = Math.max(readAt, startedAt);
  }

  function poll(): void {
    refresh()
      .catch((error) => log.warn({ err: error }, 'halts could not be read'))
      .finally(() => {
        if (!stopped) callOff = clock.after(TIMING.haltPollMs, poll);
      });
  }
  poll();

  const isStale = () => clock.monotonic() - readAt > TIMING.haltStaleMs;
  return {
    isStale,
    levelFor(order, brokerType) {
      if (isStale() || !ordersEnabled) return 'halt';
      const broker = brokerType === 'ebest' ? 'ls' : brokerType;
      const standing = rows.filter(
        ({ scope, scope_id: id }) =>
          scope === 'platform' ||
          (scope === 'broker' && (id === brokerType || id === broker)) ||
          (scope === 'user' && id === order.userId) ||
          (scope === 'strategy' && order.deploymentId !== null && id === order.deploymentId),
      );
      // A word this version does not know is the strongest one.
      return standing.reduce<HaltLevel>(
        (worst, { level }) => ((RANK[level] ?? 3) > RANK[worst] ? (level in RANK ? level : 'halt') : worst),
        'none',
      );
    },
    refresh,
    stop() {
      stopped = true;
      callOff();
    },
  };
}

/** Why this order may not be written to the socket now, or null. Cancels never ask. */
export function haltReason(level: HaltLevel, order: Pick<OrderRow, 'isEntry' | 'origin'>): string | null {
  if (level === 'halt') return order.origin === 'flatten' ? null : 'halted';
  return level !== 'none' && order.isEntry ? 'halted' : null;
}
