import type pg from 'pg';
import { z } from 'zod';
import type { LedgerEvent } from '#domain/order/replay.ts';
import { rowId } from '../columns.ts';

const count = z.coerce.number().int();
const chainFault = z.object({ seq: count, order_id: rowId.nullable(), fault: z.string() });
const eventRow = z
  .object({
    seq: count,
    order_id: rowId,
    type: z.string(),
    from_status: z.string().nullable(),
    to_status: z.string().nullable(),
    payload: z.unknown(),
  })
  .transform(
    (row): LedgerEvent => ({
      seq: row.seq,
      orderId: row.order_id,
      type: row.type,
      from: row.from_status,
      to: row.to_status,
      payload: row.payload,
    }),
  );
const ledgerOrder = z
  .object({
    id: rowId,
    quantity: count,
    order_status: z.string(),
    cum_quantity: count,
    cum_amount: count,
    cancelled_quantity: count,
    replaced_quantity: count,
    broker_order_id: z.string().nullable(),
    booked_quantity: count,
    booked_amount: count,
    is_held: z.boolean(),
    waits_for_parent: z.boolean(),
  })
  .transform((row) => ({
    id: row.id,
    quantity: row.quantity,
    status: row.order_status,
    cumQuantity: row.cum_quantity,
    cumAmount: row.cum_amount,
    cancelledQuantity: row.cancelled_quantity,
    replacedQuantity: row.replaced_quantity,
    brokerOrderId: row.broker_order_id,
    bookedQuantity: row.booked_quantity,
    bookedAmount: row.booked_amount,
    isHeld: row.is_held,
    waitsForParent: row.waits_for_parent,
  }));
/** A row of `real_orders` beside the sums of its executions and whether it still holds a reservation. */
export type LedgerOrder = z.infer<typeof ledgerOrder>;

/** One account's ledger as it stood at one moment. */
export interface LedgerSnapshot {
  chainFaults(): Promise<readonly { readonly seq: number; readonly orderId: string | null; readonly fault: string }[]>;
  orders(): Promise<readonly LedgerOrder[]>;
  /** Every event in the order of the chain. */
  events(): AsyncIterable<LedgerEvent>;
}

/** Walking the chain of a busy account takes longer than anything on the order path may. */
const WALK_TIMEOUT = '10min';
const PAGE = 5_000;

/** Accounts that may have a ledger, removed ones too. */
export async function ledgerAccounts(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select id from public.broker_accounts order by id');
  return rows.map((row) => row.id);
}

/** Gives `work` one unmoving picture of the account, so that orders on their way contradict nothing. */
export async function withLedger<T>(pool: pg.Pool, accountId: string, work: (ledger: LedgerSnapshot) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set local statement_timeout = '${WALK_TIMEOUT}'`);
    return await work(snapshotOf(client, accountId));
  } finally {
    await client.query('rollback').catch(() => undefined); // a lost connection has ended it already
    client.release();
  }
}

function snapshotOf(client: pg.PoolClient, accountId: string): LedgerSnapshot {
  return {
    async chainFaults() {
      const { rows } = await client.query('select seq, order_id, fault from public.verify_chain($1)', [accountId]);
      return z
        .array(chainFault)
        .parse(rows)
        .map((row) => ({ seq: row.seq, orderId: row.order_id, fault: row.fault }));
    },
    async orders() {
      const { rows } = await client.query(
        `select o.id, o.quantity, o.order_status, o.cum_quantity, trunc(o.cum_amount) as cum_amount, o.cancelled_quantity, o.replaced_quantity, o.broker_order_id,
                coalesce(e.quantity, 0) as booked_quantity, coalesce(e.amount, 0) as booked_amount,
                exists (select 1 from public.reservations r where r.order_id = o.id) as is_held,
                o.parent_order_id is not null and o.took_over_at is null as waits_for_parent
           from public.real_orders o
           left join lateral (select sum(x.quantity) as quantity, trunc(sum(x.amount)) as amount from public.executions x where x.order_id = o.id) e on true
          where o.broker_account_id = $1 and o.order_day is not null`,
        [accountId],
      );
      return z.array(ledgerOrder).parse(rows);
    },
    async *events() {
      for (let after = 0; ; ) {
        const { rows } = await client.query(
          `select seq, order_id, type, from_status, to_status, payload from public.order_events
            where account_id = $1 and seq > $2 order by seq limit ${PAGE}`,
          [accountId, after],
        );
        const page = z.array(eventRow).parse(rows);
        yield* page;
        if (page.length < PAGE) return;
        after = page[page.length - 1]!.seq;
      }
    },
  };
}
