import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** What a key may do: calls a second, and while it is new; with the version of the table of limits that says so. */
export interface QuotaLimits {
  readonly version: number;
  readonly perSecond: number;
  readonly newKeyPerSecond: number;
}

/** One key's quota in the database, for one process. */
export function brokerQuotas(pool: pg.Pool, key: { tag: string; environment: string }, limits: QuotaLimits) {
  const holder = randomUUID();
  const { tag, environment } = key;
  return {
    async open(): Promise<void> {
      const values = [tag, environment, limits.version, limits.perSecond, limits.newKeyPerSecond];
      await pool.query('select public.open_broker_quota($1, $2, $3, $4, $5)', values);
    },
    async claim(lane: number, wanted: number): Promise<{ granted: number; waitMs: number } | null> {
      const { rows } = await pool.query<{ granted: number; waitMs: number }>(
        'select granted, wait_ms as "waitMs" from public.claim_broker_calls($1, $2, $3, $4, $5)',
        [tag, environment, holder, lane, wanted],
      );
      return rows[0] ?? null;
    },
    async reserve(used: readonly number[]) {
      const { rows } = await pool.query<{ perSecond: number; burst: number; tokens: number; leaseMs: number; pauseMs: number }>(
        `select per_second as "perSecond", burst, tokens, lease_ms as "leaseMs", pause_ms as "pauseMs"
           from public.lease_broker_reserve($1, $2, $3, $4)`,
        [tag, environment, holder, used],
      );
      return rows[0] ?? null;
    },
    async slow(pauseMs: number, isOwnRate: boolean): Promise<void> {
      await pool.query('select public.slow_broker_calls($1, $2, $3, $4)', [tag, environment, pauseMs, isOwnRate]);
    },
  };
}
