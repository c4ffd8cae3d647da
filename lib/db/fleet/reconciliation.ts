import type pg from 'pg';

/** The broker's D+2 cash against what our ledger makes of the last mark, in won; null without a mark. */
export interface CashCheck {
  readonly forecast: number | null;
  readonly cash_d2: number;
  readonly difference: number;
  readonly tolerance: number;
  /** Fees and tax of the day by the broker's total. */
  readonly costs: number | null;
}
export type ReconciliationKind = 'startup' | 'orders' | 'positions' | 'cash' | 'end_of_day';

/** What the loops of an account write down about themselves. */
export function reconciliationRepo(pool: pg.Pool) {
  return {
    /** `isClose`: the end of the day, where the mark moves on and every won must be explained. */
    async checkCash(
      accountId: string,
      told: { day: string; cashD2: number; costs: number | null; asOf: Date; isClose: boolean },
    ): Promise<CashCheck> {
      const { rows } = await pool.query<{ value: CashCheck }>('select public.check_cash($1, $2, $3, $4, $5, $6) as value', [
        accountId,
        told.day,
        told.cashD2,
        told.costs,
        told.asOf,
        told.isClose,
      ]);
      const value = rows[0]?.value;
      if (!value) throw new Error('check_cash gave no row');
      return value;
    },

    /** Without a result the account's open breaks decide it. */
    async recordReconciliation(
      accountId: string,
      run: { kind: ReconciliationKind; startedAt: Date; result?: 'agreed' | 'differs'; detail?: object; day?: string },
    ): Promise<void> {
      await pool.query('select public.record_reconciliation($1, $2, $3, $4, $5, $6)', [
        accountId,
        run.kind,
        run.startedAt,
        run.result ?? null,
        JSON.stringify(run.detail ?? {}),
        run.day ?? null,
      ]);
    },

    /** The last day whose sessions ended five minutes ago or more and that this account has not closed; an outage may last a night. */
    async dayToClose(accountId: string): Promise<string | null> {
      const { rows } = await pool.query<{ day: string }>(
        `select to_char(c.day, 'YYYY-MM-DD') as day from public.market_calendar c
          where c.is_open group by c.day
         having max(c.close_at) + interval '5 minutes' <= now() and max(c.close_at) > now() - interval '16 hours'
            and not exists (select 1 from public.reconciliations r where r.broker_account_id = $1 and r.kind = 'end_of_day' and r.day = c.day)
          order by c.day desc limit 1`,
        [accountId],
      );
      return rows[0]?.day ?? null;
    },
  };
}
