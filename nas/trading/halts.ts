import type pg from 'pg';
import { z } from 'zod';
import type { HaltLevel } from '#domain/risk/gate-input.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { Log } from '#lib/log.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { joinCalls } from '#nas/runtime/join-calls.ts';
import type { LocalHalt } from './local-halt.ts';
import { TIMING } from './timing.ts';

/** `cancel_all` is a halt for new orders; a word this version does not know is one too. */
const FELT: Readonly<Record<string, HaltLevel>> = {
  none: 'none',
  pause_entries: 'pause_entries',
  reduce_only: 'reduce_only',
  halt: 'halt',
  cancel_all: 'halt',
};
const RANK: Readonly<Record<HaltLevel, number>> = { none: 0, pause_entries: 1, reduce_only: 2, halt: 3 };

const haltRow = z.object({ scope: z.string(), scope_id: z.string(), level: z.string(), version: z.number() });
type HaltRow = z.infer<typeof haltRow>;

/** Whose trading is asked about. */
interface HaltSubject {
  readonly accountId: string;
  readonly userId: string;
  readonly brokerType: string;
}

export interface HaltWatch {
  /** The strongest level that stands against an order. Unread for 3 s counts as a halt, and so does a halt file. */
  levelFor(order: Pick<OrderRow, 'userId' | 'accountId' | 'deploymentId'>, brokerType: string): HaltLevel;
  /** True when the flags in memory are too old to trust: orders wait, they are not denied. */
  isStale(): boolean;
  /** True when a halt with cancel-all may concern an account; which orders, the database decides. */
  mayCancelAll(subject: HaltSubject): boolean;
  /** A notification names the changed row: it holds in this very tick, before anything is read. */
  heard(payload: string): void;
  /** Reads at once. */
  refresh(): Promise<void>;
  stop(): void;
}

/** The kill switch in memory, so that it can be asked in the tick of the socket write (ORDERS §6). */
export function startHaltWatch(options: { pool: pg.Pool; clock: Clock; log: Log; local: Pick<LocalHalt, 'level'> }): HaltWatch {
  const { pool, clock, log, local } = options;
  let rows: readonly HaltRow[] = [];
  /** Rows told by notification, with the time: newer than a read that was under way. */
  let told: readonly { readonly row: HaltRow; readonly at: number }[] = [];
  let ordersEnabled = false;
  let readAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let callOff = () => {};

  // A hundred notices at once cost two reads: this connection renews the leases as well.
  const refresh = joinCalls(async () => {
    const startedAt = clock.monotonic();
    const { rows: answer } = await pool.query<{ halts: HaltRow[]; orders_enabled: boolean }>(
      `select coalesce((select jsonb_agg(jsonb_build_object('scope', scope, 'scope_id', scope_id, 'level', level, 'version', version))
                          from public.trading_halts where level <> 'none'), '[]') as halts,
              coalesce((select orders_enabled from public.platform_settings), false) as orders_enabled`,
    );
    readAt = startedAt;
    told = told.filter(({ at }) => at >= startedAt);
    rows = told.reduce<readonly HaltRow[]>((known, { row }) => withNewer(known, row), answer[0]?.halts ?? []);
    ordersEnabled = answer[0]?.orders_enabled ?? false;
  });

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
    levelFor({ userId, accountId, deploymentId }, brokerType) {
      if (local.level() !== 'none' || isStale() || !ordersEnabled) return 'halt';
      return rows
        .filter((row) => covers(row, { accountId, userId, brokerType }, deploymentId))
        .map(({ level }) => FELT[level] ?? 'halt')
        .reduce<HaltLevel>((worst, level) => (RANK[level] > RANK[worst] ? level : worst), 'none');
    },
    mayCancelAll: (subject) => rows.some((row) => row.level === 'cancel_all' && (row.scope === 'strategy' || covers(row, subject, null))),
    heard(payload) {
      const row = haltRow.safeParse(safeJson(payload));
      if (!row.success) return; // the read that follows tells
      told = [...told, { row: row.data, at: clock.monotonic() }];
      rows = withNewer(rows, row.data);
    },
    refresh,
    stop() {
      stopped = true;
      callOff();
    },
  };
}

/** A row never goes back to an older version. */
function withNewer(rows: readonly HaltRow[], row: HaltRow): readonly HaltRow[] {
  const isSame = (other: HaltRow) => other.scope === row.scope && other.scope_id === row.scope_id;
  if (rows.some((other) => isSame(other) && other.version > row.version)) return rows;
  return [...rows.filter((other) => !isSame(other)), row];
}

function covers({ scope, scope_id: id }: HaltRow, { accountId, userId, brokerType }: HaltSubject, deploymentId: string | null): boolean {
  switch (scope) {
    case 'broker':
      return id === brokerType || id === (brokerType === 'ebest' ? 'ls' : brokerType);
    case 'user':
      return id === userId;
    case 'account':
      return id === accountId;
    case 'strategy':
      return id === deploymentId;
    default:
      return true; // the platform, or a scope this version does not know
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Why this order may not be written to the socket now, or null. Cancels never ask. */
export function haltReason(level: HaltLevel, order: Pick<OrderRow, 'isEntry' | 'origin'>): string | null {
  if (level === 'halt') return order.origin === 'flatten' ? null : 'halted';
  return level !== 'none' && order.isEntry ? 'halted' : null;
}
