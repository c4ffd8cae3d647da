import type { TradingDay } from '#domain/order/order.ts';
import type { AccountContext } from './context.ts';
import { createHoldingSync } from './holdings.ts';
import { today } from './inquiry.ts';

/** What one whole read of a day's list and the end of its leftovers came to. */
export interface ListOfDay {
  readonly rows: number;
  readonly expired: number;
}

/**
 * The end of an account's day (ORDERS §4): every page of the list, leftovers expired, holdings and cash with the broker's own totals of
 * fees and tax, D+2 cash against our forecast; then the ledger's last hash is written down. Throws when a read failed: the day stays
 * open and is tried again.
 */
export async function closeDay(context: AccountContext, day: TradingDay, readList: () => Promise<ListOfDay>): Promise<void> {
  const { accountId, repo, clock, log } = context;
  const startedAt = new Date(clock.wall());
  const list = await readList();
  const asOf = new Date(clock.wall());
  const balance = await createHoldingSync(context).sync(null);
  if (balance === null) throw new Error('the balance of the day could not be read');
  // The broker's total is that of its own today: after midnight it tells nothing of the day before.
  const costs = day === today(clock) ? (balance.feesAndTaxToday ?? null) : null;
  const cash = await repo.checkCash(accountId, { day, cashD2: balance.cashD2, costs, asOf, isClose: true });
  const isExplained = Math.abs(cash.difference) <= cash.tolerance;
  await repo.recordReconciliation(accountId, {
    kind: 'end_of_day',
    startedAt,
    ...(isExplained ? {} : { result: 'differs' as const }),
    detail: { orders: list.rows, expired: list.expired, cash },
    day,
  });
  log.info({ day, ...list, cash }, 'day closed');
}
