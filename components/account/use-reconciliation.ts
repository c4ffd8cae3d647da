'use client';
import { useEffect, useState } from 'react';
import { timeWeightedReturn } from '#domain/position/time-weighted-return.ts';
import {
  type BreakView,
  breakRow,
  type CashFlowView,
  type CorporateActionView,
  cashFlowRow,
  corporateActionRow,
  type HoldingShares,
  type ReconciliationRun,
  reconciliationRepo,
} from '#lib/db/reconciliation-web.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { accountsTopic } from '#lib/realtime/topics.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';

/** Runs are written every half minute and tell nobody. */
const REFRESH_MS = 30_000;
const RETURN_DAYS = 30;
const DAY_MS = 86_400_000;

export interface AccountState {
  readonly run: ReconciliationRun | null;
  readonly breaks: readonly BreakView[];
  readonly actions: readonly CorporateActionView[];
  readonly flows: readonly CashFlowView[];
  readonly shares: readonly HoldingShares[];
  /** Time-weighted over the last 30 days; null while there is too little to reckon with. */
  readonly returnRate: number | null;
}

/** What was compared with the broker for one account; null until it was read. Stale: the last read failed, so that the figures are older ones. */
export function useReconciliation(accountId: string): { state: AccountState | null; isStale: boolean; reread: () => Promise<void> } {
  const db = useDb();
  const { userId } = useRealtime();
  const now = useNow(REFRESH_MS);
  const [state, setState] = useState<AccountState | null>(null);
  const read = async () => {
    const repo = reconciliationRepo(db);
    const since = new Date(Date.now() - RETURN_DAYS * DAY_MS).toISOString();
    const [run, breaks, actions, flows, shares, worth] = await Promise.all([
      repo.lastRun(accountId),
      repo.openBreaks(),
      repo.openCorporateActions(),
      repo.cashFlows(accountId),
      repo.holdingShares(accountId),
      repo.valuations(accountId, since),
    ]);
    return {
      run,
      breaks: breaks.filter((row) => row.accountId === accountId),
      actions: actions.filter((row) => row.accountId === accountId),
      flows: flows.filter((row) => row.isFound),
      shares,
      returnRate: timeWeightedReturn(worth.valuations, worth.flows),
    };
  };
  const { reread, staleSince } = useReading(read, setState);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever the clock moves on.
  useEffect(() => {
    void reread();
  }, [reread, now, accountId]);
  useTopic(
    accountsTopic(userId),
    { break_changed: breakRow, cash_flow_changed: cashFlowRow, corporate_action_changed: corporateActionRow },
    ({ payload }) => {
      if (payload.accountId === accountId) void reread();
    },
  );
  return { state, isStale: staleSince !== null, reread };
}
