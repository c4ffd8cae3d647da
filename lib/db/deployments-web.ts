import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId, whole } from './columns.ts';
import { deploymentRow } from './deployments.ts';
import { must } from './fault.ts';

/** One evaluation of a deployment. Decisions are what the scheduler wrote; unknown members are shown as they are. */
export const runRow = z
  .object({
    deployment_id: rowId,
    tick: instant,
    phase: z.string(),
    outcome: z.string(),
    reason: z.string(),
    decisions: z.array(z.looseObject({})).catch([]),
    started_at: instant,
    finished_at: instant.nullable(),
  })
  .transform((row) => ({
    deploymentId: row.deployment_id,
    tick: row.tick,
    phase: row.phase,
    outcome: row.outcome,
    reason: row.reason,
    decisions: row.decisions,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }));
export type RunView = z.infer<typeof runRow>;

/** What a deployment holds inside its account. */
export const holdingRow = z
  .object({
    deployment_id: rowId,
    stock_code: z.string(),
    quantity: whole,
    purchase_amount: decimal,
    realized_pnl: decimal,
    bars_held: z.number(),
    entered_at: instant.nullable(),
  })
  .transform((row) => ({
    deploymentId: row.deployment_id,
    symbol: row.stock_code,
    quantity: row.quantity,
    purchaseAmount: row.purchase_amount,
    realizedPnl: row.realized_pnl,
    barsHeld: row.bars_held,
    enteredAt: row.entered_at,
  }));
export type HoldingView = z.infer<typeof holdingRow>;

/** A deployment's row as a list shows it, stopped ones too. */
export const deploymentListRow = deploymentRow;

const DEPLOYMENT_COLUMNS = 'id,strategy_id,version,broker_account_id,symbols,capital,state,state_reason,last_tick,created_at,updated_at';
const RUN_COLUMNS = 'deployment_id,tick,phase,outcome,reason,decisions,started_at,finished_at';

export const autoRepo = (db: SupabaseClient) => ({
  /** Newest first; those that ended long ago are history. */
  async deployments(limit = 50) {
    const rows = must(
      await db.from('strategy_deployments').select(DEPLOYMENT_COLUMNS).order('created_at', { ascending: false }).limit(limit),
      'auto.deployments',
    );
    return z.array(deploymentListRow).parse(rows);
  },
  async runs(limit = 200): Promise<RunView[]> {
    const rows = must(await db.from('strategy_runs').select(RUN_COLUMNS).order('tick', { ascending: false }).limit(limit), 'auto.runs');
    return z.array(runRow).parse(rows);
  },
  async holdings(): Promise<HoldingView[]> {
    const rows = must(
      await db
        .from('strategy_positions')
        .select('deployment_id,stock_code,quantity,purchase_amount,realized_pnl,bars_held,entered_at')
        .order('stock_code'),
      'auto.holdings',
    );
    return z.array(holdingRow).parse(rows);
  },
});
