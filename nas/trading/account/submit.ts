import type { Price } from '#domain/money.ts';
import { baselineOf } from '#domain/order/fingerprint.ts';
import type { TradingDay } from '#domain/order/order.ts';
import type { DenialCode } from '#domain/risk/denials.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { AppError } from '#lib/errors.ts';
import { MAX_ATTEMPTS, TIMING } from '../timing.ts';
import { type AccountContext, persist } from './context.ts';
import type { Snapshot } from './inquiry.ts';
import { today } from './inquiry.ts';
import { sendOnce } from './send.ts';

/** `later`: nothing was sent, look again after a while. */
export type LaneResult = { readonly kind: 'done' } | { readonly kind: 'later'; readonly afterMs: number };
const DONE: LaneResult = { kind: 'done' };
const SOON: LaneResult = { kind: 'later', afterMs: 500 };

export interface SubmitTask {
  readonly order: OrderRow;
  /** Another order without an answer that this one could be confused with. */
  readonly rival: 'identical' | 'entry' | null;
  /** How long this order has been kept waiting by rivals, refusals or a silent broker. */
  readonly waitedMs: number;
  /** Today's list at the broker, at most 5 s old. */
  snapshot(day: TradingDay): Promise<Snapshot>;
  /** The attempt is about to be written. */
  onBegin(): void;
  onSettled(): void;
}

/** Takes one order from `pending` to the broker, or denies it, or says when to look again (ORDERS §3). */
export async function submitOrder(context: AccountContext, task: SubmitTask): Promise<LaneResult> {
  const { order } = task;
  const { broker, repo, log, metrics } = context;

  if (order.cancelRequestedAt !== null) return endUnsent(context, order, 'cancelled_before_send', {});
  if (task.rival !== null) {
    if (task.waitedMs < TIMING.waitMs) return SOON;
    const code: DenialCode = task.rival === 'identical' ? 'fingerprint_wait' : 'unknown_outstanding';
    return endUnsent(context, order, code, { seconds: Math.round(task.waitedMs / 1000) });
  }

  const verdict = await context.gate(order);
  if (verdict.kind === 'wait') return SOON;
  if (verdict.kind === 'denied') return endUnsent(context, order, verdict.code, verdict.numbers);

  let baseline: readonly string[];
  try {
    const snapshot = await inTime(context, task.snapshot(order.orderDay ?? today(context.clock)));
    baseline = baselineOf(order, snapshot.rows);
  } catch {
    // Without a baseline a lost answer could never be told from an older order, so nothing is sent.
    if (task.waitedMs < TIMING.waitMs) return { kind: 'later', afterMs: 1_000 };
    const code: DenialCode = 'broker_unavailable';
    return endUnsent(context, order, code, { seconds: Math.round(task.waitedMs / 1000) });
  }

  task.onBegin();
  const report = await sendOnce(context, {
    orderId: order.id,
    kind: 'submit',
    baseline,
    stopReason: () => context.haltReason(order),
    call: (mayWrite) =>
      broker.submit(
        {
          symbol: order.symbol,
          side: order.side,
          quantity: order.quantity,
          priceType: order.priceType,
          timeInForce: order.timeInForce,
          limitPrice: order.price as Price | null,
          venue: 'KRX',
        },
        mayWrite,
      ),
    onSettled: task.onSettled,
  });
  if (report.kind === 'not_ours') {
    log.info({ orderId: order.id }, 'attempt refused by the database');
    return { kind: 'later', afterMs: TIMING.pollMs };
  }
  if (report.kind === 'stopped') return SOON; // the gate names the reason, or the lease is somebody else's by now
  if (report.kind === 'answered' && report.outcome.kind === 'not_processed') {
    const [attempt] = await repo.submitAttempts([order.id]);
    if ((attempt?.attemptNo ?? 1) < MAX_ATTEMPTS) return { kind: 'later', afterMs: Math.max(50, report.outcome.retryAfterMs) };
    metrics.denied.inc({ code: 'not_processed' });
    return endUnsent(context, { ...order, status: 'submitting' }, report.outcome.code, { message: report.outcome.message });
  }
  return DONE;
}

/** A read that takes longer goes on without us: the lane has other orders to look after. */
async function inTime<T>({ clock }: AccountContext, read: Promise<T>): Promise<T> {
  let callOff = () => {};
  const late = new Promise<never>((_, reject) => {
    callOff = clock.after(TIMING.baselineWaitMs, () => reject(new AppError('broker_unavailable', 'order list not read in time')));
  });
  return Promise.race([read, late]).finally(() => callOff());
}

const NEVER_SENT = '증권사에 보내지 않고 끝났습니다. (It ended without being sent.)';

/** Ends an order that never reached the broker: `denied` before its first attempt, `rejected` when attempts proved that nothing was done. */
async function endUnsent(context: AccountContext, order: OrderRow, code: string, numbers: Record<string, unknown>): Promise<LaneResult> {
  const { repo, metrics } = context;
  metrics.denied.inc({ code });
  if (order.status === 'pending') await persist(context, 'denial', () => repo.deny(order.id, code, numbers));
  else
    await persist(context, 'end of an unsent order', () =>
      repo.settle(order.id, 'rejected', 0, 'sender', { message: NEVER_SENT, ...numbers, code }),
    );
  return DONE;
}

/** Asks the broker to cancel what is left. Its yes means "asked": the end comes from notices and the list. */
export async function cancelOrder(context: AccountContext, order: OrderRow, onSettled: () => void): Promise<LaneResult> {
  const { broker } = context;
  const { brokerOrderId, branch, symbol, side, quantity, priceType } = order;
  if (brokerOrderId === null) return DONE;
  const report = await sendOnce(context, {
    orderId: order.id,
    kind: 'cancel',
    baseline: [],
    stopReason: () => null,
    call: () => broker.cancel({ brokerOrderId, branch, symbol, side, quantity, priceType, venue: 'KRX' }),
    onSettled,
  });
  if (report.kind === 'not_ours') return { kind: 'later', afterMs: TIMING.pollMs };
  if (report.kind === 'stopped') return SOON;
  if (report.kind !== 'answered') return DONE;
  if (report.outcome.kind === 'not_processed') return { kind: 'later', afterMs: Math.max(50, report.outcome.retryAfterMs) };
  // A refused cancel mostly means that the order has just been filled: the list tells, before anybody asks again.
  return report.outcome.kind === 'rejected' ? { kind: 'later', afterMs: TIMING.openOrdersMs } : DONE;
}
