import type pg from 'pg';
import { gateFactsRepo as original } from '#lib/db/fleet/gate-facts.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { pass } from '../doors.ts';

export * from '#lib/db/fleet/gate-facts.ts';

/** The gate's facts, with a door on each side. */
export function gateFactsRepo(pool: pg.Pool): ReturnType<typeof original> {
  const facts = original(pool);
  return async (order: OrderRow) => {
    await pass('gate.facts:before', order.accountId);
    const found = await facts(order);
    await pass('gate.facts:after', order.accountId);
    return found;
  };
}
