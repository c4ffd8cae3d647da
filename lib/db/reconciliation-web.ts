import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

export const breakRow = z
  .object({
    id: rowId,
    broker_account_id: rowId,
    stock_code: z.string(),
    kind: z.enum(['holding', 'sub_ledger', 'corporate_action']),
    ours: whole,
    theirs: whole,
    opened_at: instant,
    accepted_at: instant.nullable(),
    closed_at: instant.nullable(),
  })
  .transform((row) => ({
    id: row.id,
    accountId: row.broker_account_id,
    symbol: row.stock_code,
    kind: row.kind,
    ours: row.ours,
    theirs: row.theirs,
    openedAt: row.opened_at,
    isAccepted: row.accepted_at !== null,
    isOpen: row.closed_at === null,
  }));
/** Holdings that differ from ours. */
export type BreakView = z.infer<typeof breakRow>;

export const CASH_FLOW_KINDS = ['deposit', 'withdrawal', 'dividend', 'tax', 'fee', 'interest'] as const;
export type CashFlowKind = (typeof CASH_FLOW_KINDS)[number];
export const cashFlowRow = z
  .object({
    id: rowId,
    broker_account_id: rowId,
    at: instant,
    amount: decimal,
    kind: z.enum([...CASH_FLOW_KINDS, 'unclassified']),
    source: z.string(),
    note: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    accountId: row.broker_account_id,
    at: row.at,
    amount: row.amount,
    kind: row.kind,
    /** The broker's own totals need no word of a person. */
    isFound: row.source !== 'broker_total',
    note: row.note,
  }));
/** Cash that came or went without a trade, in won. */
export type CashFlowView = z.infer<typeof cashFlowRow>;

export const corporateActionRow = z
  .object({
    id: rowId,
    broker_account_id: rowId,
    stock_code: z.string(),
    state: z.string(),
    factor: decimal,
    ours_quantity: whole,
    theirs_quantity: whole.nullable(),
  })
  .transform((row) => ({
    id: row.id,
    accountId: row.broker_account_id,
    symbol: row.stock_code,
    isOpen: row.state === 'detected' || row.state === 'proposed',
    factor: row.factor,
    ours: row.ours_quantity,
    /** Null while the broker shows the old holding. */
    theirs: row.theirs_quantity,
  }));
export type CorporateActionView = z.infer<typeof corporateActionRow>;

const runRow = z
  .object({ broker_account_id: rowId, kind: z.string(), ended_at: instant, result: z.string() })
  .transform((row) => ({ accountId: row.broker_account_id, kind: row.kind, endedAt: row.ended_at, isAgreed: row.result === 'agreed' }));
export type ReconciliationRun = z.infer<typeof runRow>;

const shareRow = z.object({ stock_code: z.string(), quantity: whole, strategies: whole, external: whole }).transform((row) => ({
  symbol: row.stock_code,
  quantity: row.quantity,
  strategies: row.strategies,
  /** Bought by hand or elsewhere; negative while strategies believe to hold more than there is. */
  own: row.quantity - row.strategies,
  external: row.external,
}));
/** Whose shares are whose in one holding. */
export type HoldingShares = z.infer<typeof shareRow>;

const valuations = z.object({
  valuations: z.array(z.object({ at: instant, net_assets: whole }).transform((row) => ({ at: row.at, netAssets: row.net_assets }))),
  flows: z.array(z.object({ at: instant, amount: whole })),
});

/** What was compared with the broker, and what a person has to say about it. */
export const reconciliationRepo = (db: SupabaseClient) => ({
  async openBreaks(): Promise<BreakView[]> {
    const rows = must(await db.from('reconciliation_breaks').select('*').is('closed_at', null).order('opened_at'), 'breaks.open');
    return z.array(breakRow).parse(rows);
  },
  /** The newest of an account first. */
  async cashFlows(accountId: string): Promise<CashFlowView[]> {
    const rows = await db.from('cash_flows').select('*').eq('broker_account_id', accountId).order('at', { ascending: false }).limit(20);
    return z.array(cashFlowRow).parse(must(rows, 'cash_flows.list'));
  },
  async openCorporateActions(): Promise<CorporateActionView[]> {
    const rows = await db.from('corporate_actions').select('*').in('state', ['detected', 'proposed']).order('created_at');
    return z.array(corporateActionRow).parse(must(rows, 'corporate_actions.open'));
  },
  /** The last run of any loop of an account. */
  async lastRun(accountId: string): Promise<ReconciliationRun | null> {
    const rows = await db
      .from('reconciliations')
      .select('broker_account_id,kind,ended_at,result')
      .eq('broker_account_id', accountId)
      .in('kind', ['startup', 'positions', 'end_of_day'])
      .order('ended_at', { ascending: false })
      .limit(1);
    return z.array(runRow).parse(must(rows, 'reconciliations.last'))[0] ?? null;
  },
  async holdingShares(accountId: string): Promise<HoldingShares[]> {
    return z.array(shareRow).parse(must(await db.rpc('holding_shares', { p_account_id: accountId }), 'holding_shares'));
  },
  async valuations(accountId: string, since: string) {
    return valuations.parse(must(await db.rpc('account_valuations', { p_account_id: accountId, p_since: since }), 'account_valuations'));
  },
  async acceptBreak(id: string, reason: string): Promise<void> {
    must(await db.rpc('accept_break', { p_break_id: id, p_reason: reason }), 'accept_break');
  },
  async classify(id: string, kind: CashFlowKind): Promise<CashFlowView> {
    return cashFlowRow.parse(must(await db.rpc('classify_cash_flow', { p_id: id, p_kind: kind }), 'classify_cash_flow'));
  },
  async settleCorporateAction(id: string, isAccepted: boolean, reason: string): Promise<void> {
    must(await db.rpc('settle_corporate_action', { p_id: id, p_is_accepted: isAccepted, p_reason: reason }), 'settle_corporate_action');
  },
});
