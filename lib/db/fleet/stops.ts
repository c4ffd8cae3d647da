import type pg from 'pg';
import { z } from 'zod';
import { instrumentKind, market } from '#domain/market/instrument.ts';
import { symbol } from '#domain/order/order.ts';
import { STOP_KINDS } from '#domain/risk/stop-levels.ts';
import { rowId } from '../columns.ts';

const number = z.coerce.number();
const listing = { symbol, market, instrumentKind };
const watchedStop = z.object({
  ...listing,
  id: rowId,
  accountId: rowId,
  kind: z.enum(STOP_KINDS),
  deploymentId: rowId.nullable(),
  trigger: number.nullable(),
  trailRate: number.nullable(),
  highWater: number,
  n: number,
  /** A refusal a moment ago: not tried again yet. */
  isWaiting: z.boolean(),
  /** Today's limits; null while the day's are not known. */
  upper: number.nullable(),
  lower: number.nullable(),
});
/** An armed stop of an account this process sends for. */
export type WatchedStop = z.infer<typeof watchedStop>;

const unprotected = z.object({
  ...listing,
  deploymentId: rowId,
  quantity: number,
  purchaseAmount: number,
  enteredAt: z.coerce.date().nullable(),
  document: z.unknown(),
  params: z.record(z.string(), z.number()),
  /** ATR of the decision, won a share. */
  atr: number.nullable(),
});
/** A strategy's position whose stops do not fit what it holds now. */
export type UnprotectedPosition = z.infer<typeof unprotected>;

const synced = z.object({
  stops: z.array(watchedStop),
  unprotected: z.array(unprotected),
  /** The market takes orders now; outside of it nobody asks for prices. */
  isOpen: z.boolean(),
});
const fired = z.object({
  order: z.object({ id: rowId }).nullable(),
  denial: z.object({ code: z.string() }).nullable(),
});

export interface StopLevelRow {
  readonly kind: string;
  readonly trigger: number;
  readonly trailRate: number | null;
  readonly highWater: number;
}

/** What the stop watcher reads and writes; every write is a SQL function that checks lease and state itself. */
export function stopRepo(pool: pg.Pool) {
  const one = async (sql: string, values: unknown[]): Promise<unknown> => {
    const { rows } = await pool.query<{ value: unknown }>(`select ${sql} as value`, values);
    return rows[0]?.value ?? null;
  };
  return {
    /** Settles what has ended and lists what is left to watch. */
    sync: async (instanceId: string) => synced.parse(await one('public.sync_stops($1)', [instanceId])),
    /** Null: somebody else's turn. Otherwise the order, or why none could be written now. */
    fire: async (input: { stopId: string; n: number; price: number; instanceId: string; token: number }) => {
      const { stopId, n, price, instanceId, token } = input;
      return fired.nullable().parse(await one('public.fire_stop($1, $2, $3, $4, $5)', [stopId, n, price, instanceId, token]));
    },
    arm: (
      position: Pick<UnprotectedPosition, 'deploymentId' | 'symbol' | 'quantity' | 'purchaseAmount'>,
      levels: readonly StopLevelRow[],
    ) =>
      one('public.arm_deployment_stops($1, $2, $3, $4, $5::jsonb)', [
        position.deploymentId,
        position.symbol,
        position.quantity,
        position.purchaseAmount,
        JSON.stringify(levels),
      ]),
    raise: (stops: readonly { id: string; highWater: number; trigger: number | null }[]) =>
      one('public.raise_stops($1::jsonb)', [JSON.stringify(stops)]),
    tellFeed: (accountId: string, symbols: readonly string[], state: 'slow' | 'stale' | 'back') =>
      one('public.tell_stop_feed($1, $2::text[], $3)', [accountId, symbols, state]),
  };
}
export type StopRepo = ReturnType<typeof stopRepo>;
