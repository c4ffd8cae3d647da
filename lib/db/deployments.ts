import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId } from './columns.ts';
import { must } from './fault.ts';

/** A deployed version with the name of its strategy. */
export const deploymentRow = z
  .object({
    id: rowId,
    strategy_id: rowId,
    version: z.number(),
    broker_account_id: rowId,
    symbols: z.array(z.string()),
    capital: decimal,
    state: z.enum(['running', 'paused', 'stopped', 'error']),
    state_reason: z.string(),
    last_tick: instant.nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .transform((row) => ({
    id: row.id,
    strategyId: row.strategy_id,
    version: row.version,
    accountId: row.broker_account_id,
    symbols: row.symbols,
    capital: row.capital,
    state: row.state,
    stateReason: row.state_reason,
    lastTick: row.last_tick,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
export type DeploymentView = z.infer<typeof deploymentRow>;

const COLUMNS = 'id,strategy_id,version,broker_account_id,symbols,capital,state,state_reason,last_tick,created_at,updated_at';

export const deploymentRepo = (db: SupabaseClient) => ({
  /** All but the stopped ones, newest first. */
  async active(): Promise<DeploymentView[]> {
    const rows = must(
      await db.from('strategy_deployments').select(COLUMNS).neq('state', 'stopped').order('created_at', { ascending: false }),
      'deployments.active',
    );
    return z.array(deploymentRow).parse(rows);
  },
  async setState(id: string, state: 'running' | 'paused' | 'stopped'): Promise<void> {
    const { error } = await db.rpc('set_deployment_state', { p_deployment_id: id, p_state: state });
    if (error) must({ data: null, error }, 'set_deployment_state');
  },
});
