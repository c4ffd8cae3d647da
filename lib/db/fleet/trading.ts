import type pg from 'pg';
import { z } from 'zod';
import { rowId } from '../columns.ts';
import { type OrderRow, orderRow } from './order-row.ts';
import { reconciliationRepo } from './reconciliation.ts';

const lease = z
  .object({
    account_id: rowId,
    token: z.coerce.number(),
    user_id: rowId,
    broker_type: z.string(),
    is_paper_account: z.boolean(),
    encrypted_credentials: z.unknown(),
    key_id: z.string().nullable(),
    environment_verified_at: z.union([z.date(), z.string()]).nullable(),
    credential_state: z.string(),
  })
  .transform((row) => ({
    accountId: row.account_id,
    token: row.token,
    userId: row.user_id,
    brokerType: row.broker_type,
    isPaper: row.is_paper_account,
    keyId: row.key_id,
    sealed: row.encrypted_credentials,
    /** Proved once against the broker; a later test that gets no answer does not un-prove it. */
    isVerified: row.environment_verified_at !== null,
    credentialState: row.credential_state,
  }));
/** An account this process may send for, with what is needed to open its broker. */
export type Lease = z.infer<typeof lease>;

export type AttemptKind = 'submit' | 'replace' | 'cancel';
export interface AttemptResult {
  readonly outcome: 'accepted' | 'rejected' | 'not_processed' | 'unknown';
  readonly code?: string;
  readonly message?: string;
  readonly brokerOrderId?: string;
  readonly branch?: string;
}

/** The last submit or change of an order: what was there before it, and when it began. */
export interface SubmitAttempt {
  readonly orderId: string;
  readonly baseline: readonly string[];
  readonly startedAt: Date;
  /** Null: begun, and nobody wrote down what came of it. */
  readonly outcome: AttemptResult['outcome'] | null;
  readonly attemptNo: number;
}

/** An order beside the broker number of the one it changes; null for orders that change none, or one without a number. */
export type LinkedOrder = OrderRow & { readonly parentNumber: string | null };
export interface ActiveOrder extends LinkedOrder {
  /** False for orders reserved for later. */
  readonly isDue: boolean;
  /** A strategy's order for this session, and no clean *prepare* came in time. */
  readonly isUnprepared: boolean;
}
const linked = (row: { parent_number?: unknown }): LinkedOrder => ({
  ...orderRow.parse(row),
  parentNumber: typeof row.parent_number === 'string' ? row.parent_number : null,
});
const PARENT_NUMBER = '(select p.broker_order_id from public.real_orders p where p.id = o.parent_order_id) as parent_number';

/** States in which an order may still need us. */
const ACTIVE = ['pending', 'submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending'];

/**
 * Everything the trading service reads and writes about orders. Writes are SQL functions that check lease, state and halts
 * themselves; nothing here updates a table directly.
 */
export function tradingRepo(pool: pg.Pool) {
  const one = async <T>(sql: string, values: unknown[]): Promise<T | null> => {
    const { rows } = await pool.query<{ value: T }>(`select ${sql} as value`, values);
    return rows[0]?.value ?? null;
  };
  return {
    ...reconciliationRepo(pool),
    renewInstance: (instanceId: string) => one<Date>('public.renew_instance($1)', [instanceId]),
    dropInstance: (instanceId: string) => one<unknown>('public.drop_instance($1)', [instanceId]),

    /** Takes accounts without a live owner and keeps our own. */
    async takeLeases(instanceId: string): Promise<readonly Lease[]> {
      const { rows } = await pool.query('select * from public.take_leases($1)', [instanceId]);
      return rows.map((row) => lease.parse(row));
    },

    /** Orders of an account that are not final, oldest first. */
    async activeOrders(accountId: string): Promise<readonly ActiveOrder[]> {
      const { rows } = await pool.query(
        `select o.*, ${PARENT_NUMBER}, case when o.order_status = 'pending' and o.send_at is not null then public.order_release(o.id) else 'due' end as release
           from public.real_orders o
          where o.broker_account_id = $1 and o.order_day is not null and o.order_status = any($2) order by o.created_at, o.id`,
        [accountId, ACTIVE],
      );
      return rows.map((row) => ({ ...linked(row), isDue: row.release !== 'later', isUnprepared: row.release === 'unprepared' }));
    },

    /** The last submit or change attempt of each order. */
    async submitAttempts(orderIds: readonly string[]): Promise<readonly SubmitAttempt[]> {
      if (orderIds.length === 0) return [];
      const { rows } = await pool.query(
        `select distinct on (order_id) order_id, baseline, started_at, outcome, attempt_no from public.order_attempts
          where order_id = any($1) and kind in ('submit', 'replace') order by order_id, attempt_no desc`,
        [orderIds],
      );
      return rows.map((row) => ({
        orderId: row.order_id,
        baseline: row.baseline,
        startedAt: row.started_at,
        outcome: row.outcome,
        attemptNo: row.attempt_no,
      }));
    },

    /** Broker numbers of a day that are already somebody's row, with what that row knows. */
    async knownNumbers(
      accountId: string,
      day: string,
    ): Promise<ReadonlyMap<string, { orderId: string; cumQuantity: number; symbol: string; side: string }>> {
      const { rows } = await pool.query<{
        broker_order_id: string;
        id: string;
        cum_quantity: number;
        stock_code: string;
        order_type: string;
      }>(
        `select broker_order_id, id, cum_quantity, stock_code, order_type from public.real_orders
          where broker_account_id = $1 and order_day = $2 and broker_order_id is not null`,
        [accountId, day],
      );
      return new Map(
        rows.map((row) => [
          row.broker_order_id,
          { orderId: row.id, cumQuantity: Number(row.cum_quantity), symbol: row.stock_code, side: row.order_type },
        ]),
      );
    },

    /** Orders of a day that we concluded had never arrived, also those the close ended; a later appearance re-opens them. */
    async notFoundOrders(accountId: string, day: string): Promise<readonly LinkedOrder[]> {
      const { rows } = await pool.query(
        `select o.*, ${PARENT_NUMBER} from public.real_orders o where o.broker_account_id = $1 and o.order_day = $2 and o.broker_order_id is null
            and (o.order_status = 'rejected' and o.broker_code = 'NOT_FOUND' or o.order_status = 'expired' and o.submitted_at is not null)`,
        [accountId, day],
      );
      return rows.map(linked);
    },

    /** One account as `take_leases` would give it, whoever owns it; for testing its keys. */
    async sealedAccount(
      accountId: string,
    ): Promise<Pick<Lease, 'accountId' | 'userId' | 'brokerType' | 'isPaper' | 'keyId' | 'sealed'> | null> {
      const { rows } = await pool.query(
        `select id, user_id, broker_type, is_paper_account, key_id, encrypted_credentials from public.broker_accounts where id = $1 and is_active`,
        [accountId],
      );
      const row = rows[0];
      return row
        ? {
            accountId: row.id,
            userId: row.user_id,
            brokerType: row.broker_type,
            isPaper: row.is_paper_account,
            keyId: row.key_id,
            sealed: row.encrypted_credentials,
          }
        : null;
    },

    /** Writes the attempt before the socket write. Null: not ours, halted or not in a state to be sent; then nothing may be sent. */
    beginAttempt: (input: {
      orderId: string;
      kind: AttemptKind;
      instanceId: string;
      token: number;
      baseline: readonly string[];
      /** The part a cancel names. */
      quantity: number | null;
    }) =>
      one<number>('public.begin_attempt($1, $2, $3, $4, $5::text[], $6)', [
        input.orderId,
        input.kind,
        input.instanceId,
        input.token,
        input.baseline,
        input.quantity,
      ]),

    finishAttempt: (attemptId: number, result: AttemptResult) =>
      one<unknown>('public.finish_attempt($1, $2, $3, $4, $5, $6)', [
        attemptId,
        result.outcome,
        result.code ?? null,
        result.message ?? null,
        result.brokerOrderId ?? null,
        result.branch ?? '',
      ]),

    markUnknown: (orderId: string, cause: string) => one<unknown>('public.mark_unknown($1, $2)', [orderId, cause]),
    adopt: (orderId: string, found: { brokerOrderId: string; branch: string }, evidence: Record<string, unknown>) =>
      one<unknown>('public.adopt_broker_order($1, $2, $3, $4::jsonb)', [
        orderId,
        found.brokerOrderId,
        found.branch,
        JSON.stringify(evidence),
      ]),
    setCandidates: (orderId: string, candidates: readonly Record<string, unknown>[]) =>
      one<unknown>('public.set_candidates($1, $2::jsonb)', [orderId, JSON.stringify(candidates)]),
    applyCum: (orderId: string, cum: { quantity: number; amount: number; basis: 'inquiry' | 'notice'; asOf: Date }) =>
      one<unknown>('public.apply_broker_cum($1, $2, $3, $4, $5)', [orderId, cum.quantity, cum.amount, cum.basis, cum.asOf]),
    applyNotice: (orderId: string, provisionalQuantity: number, payload: Record<string, unknown>) =>
      one<unknown>('public.apply_notice($1, $2, $3::jsonb)', [orderId, provisionalQuantity, JSON.stringify(payload)]),
    settle: (orderId: string, to: string, cancelledQuantity: number, source: string, payload: Record<string, unknown>) =>
      one<unknown>('public.settle_order($1, $2, $3, $4, $5::jsonb)', [orderId, to, cancelledQuantity, source, JSON.stringify(payload)]),
    /** Shares of a working order the broker has taken back so far. */
    applyCancelled: (orderId: string, cancelledQuantity: number, source: 'inquiry' | 'notice') =>
      one<unknown>('public.apply_broker_cancelled($1, $2, $3)', [orderId, cancelledQuantity, source]),
    /** How many shares a change of the whole remainder moved. */
    resize: (orderId: string, quantity: number) => one<unknown>('public.resize_replacement($1, $2)', [orderId, quantity]),
    deny: (orderId: string, code: string, numbers: Record<string, unknown>) =>
      one<unknown>('public.deny_order($1, $2, $3::jsonb)', [orderId, code, JSON.stringify(numbers)]),
    /** `withUnknown`: the day's list shows rows, so that an order missing there is over. */
    expireDay: (accountId: string, day: string, withUnknown: boolean) =>
      one<number>('public.expire_day($1, $2, $3)', [accountId, day, withUnknown]),
    adoptExternal: (accountId: string, order: Record<string, unknown>) =>
      one<string>('public.adopt_external($1, $2::jsonb)', [accountId, JSON.stringify(order)]),

    /** `asOf`: when the question was sent; what happened since is not in the answer. */
    putBalance: (
      accountId: string,
      b: { cash: number; cashD1: number; cashD2: number; orderable: number; netAssets: number; asOf: Date },
    ) =>
      one<unknown>('public.put_balance($1, $2, $3, $4, $5, $6, $7)', [
        accountId,
        b.cash,
        b.cashD1,
        b.cashD2,
        b.orderable,
        b.netAssets,
        b.asOf,
      ]),
    putHolding: (
      accountId: string,
      h: {
        symbol: string;
        name: string | null;
        quantity: number;
        sellableQuantity: number;
        purchaseAmount: number;
        boughtToday: number;
        soldToday: number;
        lastPrice: number | null;
      },
    ) =>
      one<unknown>('public.put_holding($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
        accountId,
        h.symbol,
        h.name,
        h.quantity,
        h.sellableQuantity,
        h.purchaseAmount,
        h.boughtToday,
        h.soldToday,
        h.lastPrice,
      ]),

    /** Symbols we believe are held, to notice what the broker no longer lists. */
    async positions(accountId: string): Promise<readonly { symbol: string; quantity: number }[]> {
      const { rows } = await pool.query(
        'select stock_code as symbol, quantity from public.real_positions where broker_account_id = $1 and quantity <> 0',
        [accountId],
      );
      return rows;
    },

    /** A halt set by the fleet itself; true when it was set now and not before. */
    raiseHalt: (halt: {
      scope: 'platform' | 'user' | 'account';
      scopeId: string;
      level: string;
      cause: string;
      numbers: Record<string, unknown>;
      episode: string | null;
    }) =>
      one<boolean>('public.raise_halt($1, $2, $3, $4, $5::jsonb, $6)', [
        halt.scope,
        halt.scopeId,
        halt.level,
        halt.cause,
        JSON.stringify(halt.numbers),
        halt.episode,
      ]),
    /** Looks for reasons to halt an account of ours; clock offsets in seconds by account. */
    checkHalts: (instanceId: string, clockOffsets: Readonly<Record<string, number>>) =>
      one<number>('public.check_halts($1, $2::jsonb)', [instanceId, JSON.stringify(clockOffsets)]),
    /** Drops and cancels what a standing cancel-all covers. */
    sweepCancelAll: (accountId: string) => one<{ dropped: number; asked: number }>('public.sweep_cancel_all($1)', [accountId]),

    setCredentialState: (
      accountId: string,
      to: { state: string; message: string; environmentProved: boolean | null; appKeyTag: string | null; accountMask: string | null },
    ) =>
      one<unknown>('public.set_credential_state($1, $2, $3, $4, $5, $6)', [
        accountId,
        to.state,
        to.message,
        to.environmentProved,
        to.appKeyTag,
        to.accountMask,
      ]),
  };
}
export type TradingRepo = ReturnType<typeof tradingRepo>;
