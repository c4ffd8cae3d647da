import type { PriceType, Side } from '#domain/order/order.ts';

/** What tells one order from another at a broker that takes no client order id (ORDERS §3.1). */
export interface Fingerprinted {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  /** Won a share; null for types without a price. */
  readonly price: number | null;
  readonly priceType: PriceType;
  readonly venue: string;
}

/** An order as it is looked for in the broker's list. */
export type Sought = Omit<Fingerprinted, 'accountId'> & {
  /** The order it changes (정정); null for a new order. Of the whole remainder the broker counts the shares itself, at most `quantity`. */
  readonly changes: { readonly brokerOrderId: string; readonly isWhole: boolean } | null;
};

/** The broker's own row about an order of the same account, as far as a fingerprint can be compared with it. */
export interface ObservedOrder {
  readonly brokerOrderId: string;
  readonly orderDay: string;
  /** HHMMSS by the broker's clock. */
  readonly orderTime: string;
  /** The order this row modifies or cancels; null for a new order. */
  readonly originalOrderId: string | null;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly limitPrice: number | null;
  /** Null where the broker's list does not tell the type. */
  readonly priceType: PriceType | null;
  /** False for orders made in HTS or MTS. */
  readonly isApiOrder: boolean;
}

/** One text for one fingerprint. Equal texts are indistinguishable at the broker. */
export function fingerprint(order: Fingerprinted): string {
  return [order.accountId, order.symbol, order.side, order.quantity, order.price ?? '-', order.priceType, order.venue].join('|');
}

/** True when the broker's row could be this order. A detail the broker does not tell cannot rule it out. */
export function fingerprintMatches(order: Sought, observed: ObservedOrder): boolean {
  const isSamePrice = order.price === null || observed.limitPrice === order.price;
  const isSameType = observed.priceType === null || observed.priceType === order.priceType;
  return (
    observed.originalOrderId === (order.changes?.brokerOrderId ?? null) &&
    observed.symbol === order.symbol &&
    observed.side === order.side &&
    (observed.quantity === order.quantity || (order.changes?.isWhole === true && observed.quantity < order.quantity)) &&
    isSamePrice &&
    isSameType
  );
}

/** The numbers already there before a send: today's orders with the same fingerprint. */
export function baselineOf(order: Sought, brokerOrders: readonly ObservedOrder[]): readonly string[] {
  return brokerOrders.filter((observed) => fingerprintMatches(order, observed)).map((observed) => observed.brokerOrderId);
}

/** Rows that may be the order we sent: matching, through the API channel, not in the baseline, not before the send by the broker's clock. */
export function newCandidates<T extends ObservedOrder>(search: {
  readonly order: Sought;
  readonly baseline: readonly string[];
  readonly brokerOrders: readonly T[];
  /** The moment of the send by the broker's clock, to its whole second. */
  readonly sentAfter: { readonly orderDay: string; readonly orderTime: string };
}): readonly T[] {
  const { order, baseline, brokerOrders, sentAfter } = search;
  return brokerOrders.filter(
    (observed) =>
      fingerprintMatches(order, observed) &&
      observed.isApiOrder &&
      !baseline.includes(observed.brokerOrderId) &&
      `${observed.orderDay}${observed.orderTime}` >= `${sentAfter.orderDay}${sentAfter.orderTime}`,
  );
}

/** One candidate is adopted; several stay with a person (`candidates`); none means: look again. */
export type CandidateVerdict<T> =
  | { readonly kind: 'adopt'; readonly order: T }
  | { readonly kind: 'ambiguous'; readonly orders: readonly T[] }
  | { readonly kind: 'none' };

export function judgeCandidates<T extends ObservedOrder>(candidates: readonly T[]): CandidateVerdict<T> {
  const numbers = new Map(candidates.map((candidate) => [candidate.brokerOrderId, candidate]));
  const [first, ...others] = [...numbers.values()];
  if (!first) return { kind: 'none' };
  return others.length === 0 ? { kind: 'adopt', order: first } : { kind: 'ambiguous', orders: [...numbers.values()] };
}

/** What was seen while looking for an order whose outcome is unknown. */
export interface AbsenceEvidence {
  /** Complete, clean queries without a candidate. A failed or short query is not one. */
  readonly cleanQueries: number;
  readonly firstQueryAtMs: number;
  readonly lastQueryAtMs: number;
  readonly candidates: number;
  readonly noticesUpThroughout: boolean;
  /** Orderable cash (buy) or sellable quantity (sell) equals what our ledger predicts without this order. */
  readonly ledgerAgrees: boolean;
  /** The broker's list is known to show rows (KIS paper may not). */
  readonly inquiryRows: boolean;
  readonly sessionEnded: boolean;
}

export const ABSENCE_QUERIES = 6;
export const ABSENCE_SPAN_MS = 60_000;

export type AbsenceDoubt =
  | 'candidate_seen'
  | 'too_few_queries'
  | 'too_short'
  | 'notices_were_down'
  | 'ledger_differs'
  | 'session_still_open';

/**
 * Whether an unknown order may be called NOT_FOUND (ORDERS §3.5). There are two answers and neither sends anything: absence
 * ends the order as `rejected`; doubt keeps it `unknown`. A later appearance re-opens the same row.
 */
export type AbsenceVerdict =
  | { readonly kind: 'absent'; readonly reason: 'NOT_FOUND' }
  | { readonly kind: 'keep_looking'; readonly doubts: readonly AbsenceDoubt[] };

export function judgeAbsence(evidence: AbsenceEvidence): AbsenceVerdict {
  const doubts: AbsenceDoubt[] = [];
  if (evidence.candidates > 0) doubts.push('candidate_seen');
  if (!(evidence.cleanQueries >= ABSENCE_QUERIES)) doubts.push('too_few_queries');
  if (!(evidence.lastQueryAtMs - evidence.firstQueryAtMs >= ABSENCE_SPAN_MS)) doubts.push('too_short');
  if (!evidence.noticesUpThroughout) doubts.push('notices_were_down');
  if (!evidence.ledgerAgrees) doubts.push('ledger_differs');
  if (!evidence.inquiryRows && !evidence.sessionEnded) doubts.push('session_still_open');
  return doubts.length === 0 ? { kind: 'absent', reason: 'NOT_FOUND' } : { kind: 'keep_looking', doubts };
}
