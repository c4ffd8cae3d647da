import type { OrderStatus } from '#domain/order/order.ts';
import { canMove, isFinal, needsEvidence } from '#domain/order/transitions.ts';

/** What the life of an order depends on; rows and back-tests project to this. */
export interface OrderLife {
  readonly status: OrderStatus;
  readonly quantity: number;
  /** The broker's cumulative truth; only ever grows. */
  readonly cumQuantity: number;
  readonly cumAmount: number;
  readonly brokerOrderId: string | null;
  readonly cancelRequested: boolean;
  /** A cancel or replace was sent and nobody answered. */
  readonly outcomeUnknown: boolean;
  /** Why it ended: NOT_FOUND, a denial code or the broker's code. */
  readonly reason: string | null;
}

/** Facts about an order. `filled` carries the broker's cumulative figures, never an increment. */
export type OrderEvent =
  | { readonly type: 'denied'; readonly reason: string }
  | { readonly type: 'send_started' }
  | { readonly type: 'accepted'; readonly brokerOrderId: string }
  /** The broker's own list shows the order at work: evidence that re-opens one we believed ended. */
  | { readonly type: 'seen_working'; readonly brokerOrderId: string }
  | { readonly type: 'rejected'; readonly reason: string }
  | { readonly type: 'outcome_unknown' }
  | { readonly type: 'not_found' }
  | { readonly type: 'filled'; readonly cumQuantity: number; readonly cumAmount: number }
  | { readonly type: 'cancel_requested' }
  | { readonly type: 'cancel_sent' }
  | { readonly type: 'replace_sent' }
  | { readonly type: 'change_refused' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'replaced' }
  | { readonly type: 'expired' };

export type OrderRefusal =
  | 'illegal_move'
  | 'change_outstanding'
  | 'overfilled'
  | 'already_final'
  | 'other_broker_order'
  | 'not_sent_yet'
  | 'bad_fill';

export type Applied =
  | {
      readonly ok: true;
      readonly order: OrderLife;
      /** The step taken; null when only figures changed or the fact was known already. */
      readonly move: readonly [OrderStatus, OrderStatus] | null;
      /** True when a final order came back to life: a person is paged. */
      readonly pages: boolean;
    }
  | { readonly ok: false; readonly reason: OrderRefusal };

const refuse = (reason: OrderRefusal): Applied => ({ ok: false, reason });
const same = (order: OrderLife, change: Partial<OrderLife> = {}): Applied => ({
  ok: true,
  order: { ...order, ...change },
  move: null,
  pages: false,
});

function move(order: OrderLife, to: OrderStatus, change: Partial<OrderLife> = {}): Applied {
  if (!canMove(order.status, to)) return refuse(isFinal(order.status) ? 'already_final' : 'illegal_move');
  const isReopened = needsEvidence(order.status, to);
  // A refusal by the broker stands; only our own conclusion "never arrived" can be proved wrong.
  if (isReopened && order.status === 'rejected' && order.reason !== 'NOT_FOUND') return refuse('already_final');
  const reason = isReopened ? null : order.reason;
  return { ok: true, order: { ...order, reason, ...change, status: to }, move: [order.status, to], pages: isReopened };
}

/** Applies one fact to an order. Never throws, never mutates; a refusal means our picture and the broker's differ, and pages. */
export function applyOrderEvent(order: OrderLife, event: OrderEvent): Applied {
  switch (event.type) {
    case 'denied':
      return move(order, 'denied', { reason: event.reason });
    case 'send_started':
      return move(order, 'submitting');
    case 'accepted':
      return accept(order, event.brokerOrderId);
    case 'seen_working':
      return needsEvidence(order.status, workingStatus(order)) && isOwnNumber(order, event.brokerOrderId)
        ? move(order, workingStatus(order), { brokerOrderId: event.brokerOrderId })
        : accept(order, event.brokerOrderId);
    case 'rejected':
      return move(order, 'rejected', { reason: event.reason });
    case 'outcome_unknown':
      return hasChangeOutstanding(order) ? same(order, { outcomeUnknown: true }) : move(order, 'unknown');
    case 'not_found':
      return order.status === 'unknown' ? move(order, 'rejected', { reason: 'NOT_FOUND' }) : refuse('illegal_move');
    case 'filled':
      return fill(order, event.cumQuantity, event.cumAmount);
    case 'cancel_requested':
      return requestCancel(order);
    case 'cancel_sent':
      return hasChangeOutstanding(order) ? refuse('change_outstanding') : move(order, 'cancel_pending', { cancelRequested: true });
    case 'replace_sent':
      return hasChangeOutstanding(order) ? refuse('change_outstanding') : move(order, 'replace_pending');
    case 'change_refused':
      return hasChangeOutstanding(order)
        ? move(order, workingStatus(order), { cancelRequested: false, outcomeUnknown: false })
        : refuse('illegal_move');
    case 'cancelled':
    case 'replaced':
    case 'expired':
      return order.status === event.type ? same(order) : move(order, event.type, { outcomeUnknown: false });
  }
}

/** The state an event would lead to; null when it is refused. */
export function nextStatus(order: OrderLife, event: OrderEvent): OrderStatus | null {
  const applied = applyOrderEvent(order, event);
  return applied.ok ? applied.order.status : null;
}

function hasChangeOutstanding(order: OrderLife): boolean {
  return order.status === 'cancel_pending' || order.status === 'replace_pending';
}

function workingStatus(order: OrderLife): OrderStatus {
  return order.cumQuantity > 0 ? 'partially_filled' : 'accepted';
}

function isOwnNumber(order: OrderLife, brokerOrderId: string): boolean {
  return order.brokerOrderId === null || order.brokerOrderId === brokerOrderId;
}

function accept(order: OrderLife, brokerOrderId: string): Applied {
  if (order.status === 'pending') return refuse('not_sent_yet');
  if (!isOwnNumber(order, brokerOrderId)) return refuse('other_broker_order');
  // The answer may come after a fill or a cancel; then it only tells the number.
  if (order.status === 'submitting' || order.status === 'unknown') return move(order, workingStatus(order), { brokerOrderId });
  if (order.status === 'rejected') return move(order, workingStatus(order), { brokerOrderId });
  return order.status === 'denied' ? refuse('already_final') : same(order, { brokerOrderId });
}

function fill(order: OrderLife, cumQuantity: number, cumAmount: number): Applied {
  if (!Number.isSafeInteger(cumQuantity) || !Number.isSafeInteger(cumAmount) || cumQuantity < 0 || cumAmount < 0) return refuse('bad_fill');
  if (order.status === 'pending') return refuse('not_sent_yet');
  if (cumQuantity > order.quantity) return refuse('overfilled');
  // Late and repeated figures change nothing: the truth is the largest cumulative one.
  if (cumQuantity <= order.cumQuantity) return same(order);
  const figures = { cumQuantity, cumAmount };
  if (cumQuantity === order.quantity) return move(order, 'executed', { ...figures, outcomeUnknown: false });
  return move(order, 'partially_filled', figures);
}

function requestCancel(order: OrderLife): Applied {
  if (isFinal(order.status)) return refuse('already_final');
  if (order.status === 'pending') return move(order, 'cancelled', { cancelRequested: true });
  // Submitting and unknown orders are cancelled as soon as a number is known; working ones when the cancel lane sends it.
  return same(order, { cancelRequested: true });
}
