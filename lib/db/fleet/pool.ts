import pg from 'pg';
import type { Log } from '#lib/log.ts';

/** A query that takes longer is a fault: nothing on the order path may hang behind it. */
const STATEMENT_TIMEOUT_MS = 10_000;

const OID = { int8: 20, numeric: 1700, date: 1082 } as const;

/** bigint and numeric as numbers (money and shares stay below 2^53, refused otherwise), dates as `YYYY-MM-DD` without a time zone. */
export const fleetTypes: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (format !== 'binary' && (oid === OID.int8 || oid === OID.numeric)) return exactNumber as never;
    if (format !== 'binary' && oid === OID.date) return ((text: string) => text) as never;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new RangeError('number of the database is outside exact range');
  return value;
}

export interface PoolOptions {
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** The session pooler allows 15 connections a role over all processes; services stay at 4 or fewer. */
  readonly max?: number;
  /** How long to wait for a free connection. */
  readonly waitMs?: number;
  readonly log: Log;
}

/** A small pool for one fleet service, with a statement timeout and TCP keep-alive. */
export function createFleetPool(url: string, { name, max = 4, waitMs = 5_000, log }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `narae-${name}`,
    max,
    keepAlive: true,
    connectionTimeoutMillis: waitMs,
    idleTimeoutMillis: 30_000,
    // Asked for by a statement: as a part of the connection's start a pooler may refuse or ignore it.
    onConnect: async (client) => void (await client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`)),
    types: fleetTypes,
  });
  return survivingLoss(pool, (error) => log.warn({ err: error }, 'database connection lost'));
}

/**
 * A lost connection is `onLoss`, once, not the end of the process: while it lies idle, while it is lent out, and after `end()`, which does
 * not wait for the sockets.
 */
export function survivingLoss(pool: pg.Pool, onLoss: (error: Error) => void = () => {}): pg.Pool {
  // The server's reason and the closed socket are two errors of one loss, and the pool repeats those of an idle connection.
  const lost = new WeakSet<pg.ClientBase>();
  const lose = (error: Error, client: pg.ClientBase) => {
    if (lost.has(client)) return;
    lost.add(client);
    onLoss(error);
  };
  return pool.on('error', lose).on('connect', (client) => void client.on('error', (error) => lose(error, client)));
}
