import { FINAL_STATUSES, type OrderStatus, orderStatus } from '#domain/order/order.ts';

/**
 * Every legal step of an order, in the stored words (ORDERS §2). A step that is not here does not exist: SQL refuses the same
 * ones, and a test proves the two tables equal. A new order starts in one of FIRST_STATUSES.
 */
const MOVES = {
  pending: ['submitting', 'cancelled', 'denied', 'expired'],
  // An execution notice can overtake the broker's answer, so fills are legal before `accepted`.
  submitting: ['accepted', 'rejected', 'unknown', 'partially_filled', 'executed', 'expired'],
  // Settled by the reconciler, a late answer or a person (`resolve_unknown`); never by sending again: there is no way back to `submitting`.
  unknown: ['accepted', 'partially_filled', 'executed', 'cancelled', 'rejected', 'expired'],
  // `rejected` by the venue after the broker's yes; `replaced` when somebody changed the order in HTS or MTS.
  accepted: ['partially_filled', 'executed', 'cancel_pending', 'replace_pending', 'cancelled', 'expired', 'rejected', 'replaced'],
  partially_filled: ['partially_filled', 'executed', 'cancel_pending', 'replace_pending', 'cancelled', 'expired', 'rejected', 'replaced'],
  // Back to the previous state when the broker refuses the change. A partial fill keeps the request.
  cancel_pending: ['cancelled', 'partially_filled', 'executed', 'accepted', 'expired'],
  replace_pending: ['cancelled', 'partially_filled', 'executed', 'accepted', 'expired', 'replaced'],
  executed: [],
  cancelled: [],
  replaced: [],
  rejected: [],
  denied: [],
  expired: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>;

/** Final states that the broker may prove wrong; `rejected` only with reason NOT_FOUND. Such a move pages a person. */
const REOPENED_BY_EVIDENCE = {
  cancelled: ['accepted', 'partially_filled', 'executed'],
  expired: ['accepted', 'partially_filled', 'executed'],
  replaced: ['accepted', 'partially_filled', 'executed'],
  rejected: ['accepted', 'partially_filled', 'executed'],
} as const satisfies Partial<Record<OrderStatus, readonly OrderStatus[]>>;

export type Move = readonly [from: OrderStatus, to: OrderStatus];

const flatten = (table: Partial<Record<OrderStatus, readonly OrderStatus[]>>): readonly Move[] =>
  orderStatus.options.flatMap((from) => (table[from] ?? []).map((to): Move => [from, to]));

/** States a new row may have: ours start `pending` or `denied`; orders seen only at the broker are adopted as they are there. */
export const FIRST_STATUSES = ['pending', 'denied'] as const satisfies readonly OrderStatus[];

/** Moves that need the broker's own evidence (a row of its list or a fill) and page a person. */
export const EVIDENCE_MOVES: readonly Move[] = flatten(REOPENED_BY_EVIDENCE);

/** Every legal move, those that need evidence included. */
export const LEGAL_MOVES: readonly Move[] = [...flatten(MOVES), ...EVIDENCE_MOVES];

/** True when an order may go from one state to the other, with evidence where EVIDENCE_MOVES says so. */
export function canMove(from: OrderStatus, to: OrderStatus): boolean {
  return LEGAL_MOVES.some((move) => move[0] === from && move[1] === to);
}

/** Final states hold no reservation and no longer work at the broker. */
export function isFinal(status: OrderStatus): boolean {
  return (FINAL_STATUSES as readonly OrderStatus[]).includes(status);
}

/** Without a broker number: a second order with the same fingerprint waits for it (ORDERS §3.1). */
export function isUnresolved(status: OrderStatus): boolean {
  return status === 'submitting' || status === 'unknown';
}

/** States an order can be in while its shares may still trade; each holds cash or shares for the remainder. */
export const OPEN_STATUSES: readonly OrderStatus[] = orderStatus.options.filter((status) => !isFinal(status));
