import type { Price, Shares } from '#domain/money.ts';
import { baselineOf, type Sought } from '#domain/order/fingerprint.ts';
import type { TradingDay } from '#domain/order/order.ts';
import type { DenialCode } from '#domain/risk/denials.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { ActiveOrder, LinkedOrder } from '#lib/db/fleet/trading.ts';
import { AppError } from '#lib/errors.ts';
import type { SubmitOutcome } from '#nas/brokers/port.ts';
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
  readonly order: ActiveOrder;
  /** The order it changes; null for a new order, and when that one has ended. */
  readonly parent: OrderRow | null;
  /** Another order without an answer that this one could be confused with. */
  readonly rival: 'identical' | 'entry' | null;
  /** How long this order has been kept waiting by rivals, refusals or a silent broker. */
  readonly waitedMs: number;
  /** Today's list of its symbol at the broker, at most 5 s old. */
  snapshot(day: TradingDay): Promise<Snapshot>;
  /** The attempt is about to be written. */
  onBegin(): void;
  onSettled(outcome: SubmitOutcome): void;
}

/** Takes one order from `pending` to the broker, or denies it, or says when to look again (ORDERS §3). */
export async function submitOrder(context: AccountContext, task: SubmitTask): Promise<LaneResult> {
  const { order, parent } = task;
  const { repo, log, metrics } = context;

  if (order.cancelRequestedAt !== null) return endUnsent(context, order, 'cancelled_before_send', {});
  if (order.isUnprepared) return endUnsent(context, order, 'not_prepared' satisfies DenialCode, {});
  const obstacle = order.parentOrderId === null ? null : changeObstacle(parent);
  if (obstacle !== null) return endUnsent(context, order, obstacle, { status: parent?.status ?? null });
  if (task.rival !== null) {
    if (task.waitedMs < TIMING.waitMs) return SOON;
    const code: DenialCode = task.rival === 'identical' ? 'fingerprint_wait' : 'unknown_outstanding';
    return endUnsent(context, order, code, { seconds: Math.round(task.waitedMs / 1000) });
  }

  const verdict = await context.gate(order);
  if (verdict.kind === 'wait') return verdict.afterMs ? { kind: 'later', afterMs: verdict.afterMs } : SOON;
  if (verdict.kind === 'denied') return endUnsent(context, order, verdict.code, verdict.numbers);

  let baseline: readonly string[];
  try {
    const snapshot = await inTime(context, task.snapshot(order.orderDay ?? today(context.clock)));
    baseline = baselineOf(soughtOf(order), snapshot.rows);
  } catch {
    // Without a baseline a lost answer could never be told from an older order, so nothing is sent.
    if (task.waitedMs < TIMING.waitMs) return { kind: 'later', afterMs: 1_000 };
    const code: DenialCode = 'broker_unavailable';
    return endUnsent(context, order, code, { seconds: Math.round(task.waitedMs / 1000) });
  }

  task.onBegin();
  const report = await sendOnce(context, {
    orderId: order.id,
    kind: parent ? 'replace' : 'submit',
    baseline,
    quantity: null,
    stopReason: () => context.haltReason(order),
    call: (mayWrite) => callBroker(context, task, mayWrite),
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

/** An order as the broker's list would show it. */
export function soughtOf(order: LinkedOrder): Sought {
  return { ...order, changes: order.parentNumber === null ? null : { brokerOrderId: order.parentNumber, isWhole: order.replacesWhole } };
}

/** Why a change can no longer be sent: its order has ended, or something else is about to happen to it. */
function changeObstacle(parent: OrderRow | null): DenialCode | null {
  if (parent === null || parent.brokerOrderId === null) return 'not_changeable';
  const isWorking = parent.status === 'accepted' || parent.status === 'partially_filled';
  return isWorking && parent.cancelRequestedAt === null ? null : 'change_outstanding';
}

function callBroker({ broker }: AccountContext, { order, parent }: SubmitTask, mayWrite: () => string | null) {
  const terms = {
    symbol: order.symbol,
    side: order.side,
    quantity: order.quantity,
    priceType: order.priceType,
    timeInForce: order.timeInForce,
    limitPrice: order.price as Price | null,
    venue: 'KRX',
  } as const;
  if (parent === null) return broker.submit(terms, mayWrite);
  const { brokerOrderId, branch } = parent;
  return broker.replace({ ...terms, brokerOrderId: brokerOrderId ?? '', branch, isWhole: order.replacesWhole }, mayWrite);
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

/** Asks the broker to cancel what is left, or a part of it. Its yes means "asked": the end comes from notices and the list. */
export async function cancelOrder(context: AccountContext, order: OrderRow, onSettled: () => void): Promise<LaneResult> {
  const { broker } = context;
  const { brokerOrderId, branch, symbol, side, quantity, priceType, cancelQuantity } = order;
  if (brokerOrderId === null) return DONE;
  const report = await sendOnce(context, {
    orderId: order.id,
    kind: 'cancel',
    baseline: [],
    quantity: cancelQuantity,
    stopReason: () => null,
    call: () =>
      broker.cancel({
        brokerOrderId,
        branch,
        symbol,
        side,
        quantity,
        priceType,
        venue: 'KRX',
        ...(cancelQuantity !== null && { cancelQuantity: cancelQuantity as Shares }),
      }),
    onSettled,
  });
  if (report.kind === 'not_ours') return { kind: 'later', afterMs: TIMING.pollMs };
  if (report.kind === 'stopped') return SOON;
  if (report.kind !== 'answered') return DONE;
  if (report.outcome.kind === 'not_processed') return { kind: 'later', afterMs: Math.max(50, report.outcome.retryAfterMs) };
  // A refused cancel mostly means that the order has just been filled: the list tells, before anybody asks again.
  return report.outcome.kind === 'rejected' ? { kind: 'later', afterMs: TIMING.openOrdersMs } : DONE;
}
