/**
 * What can go wrong with one request. `…_after` and `lost_answer` mean that the venue has done what was asked; `…_before`,
 * `rate_limit`, `ledger_limit` and `token_expired` mean that it has not.
 */
export const FAULT_KINDS = [
  /** Processed at once, answered late. */
  'delay',
  /** Processed late, then answered: the order is nowhere to be found meanwhile. */
  'delay_before',
  'drop_before',
  'lost_answer',
  /** The line stays open and nobody ever answers. */
  'hang_before',
  'hang_after',
  'error_before',
  'error_after',
  'garbage_before',
  'garbage_after',
  'timeout_before',
  'timeout_after',
  'rate_limit',
  'ledger_limit',
  'token_expired',
  /** Inquiries: totals without rows (the measured paper defect). */
  'rows_missing',
  /** Inquiries: fewer rows than a page holds, although more follow. */
  'short_page',
  /** A following page cut as if an order had arrived between the two reads: its first row was the last of the page before. */
  'shifted_page',
  /** No `tr_cont` in the answer: nobody can tell whether it is complete. */
  'unmarked_page',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Only following pages can be shifted. */
export const CONTINUATION_ONLY: readonly FaultKind[] = ['shifted_page'];

/** What a script can do to an order once it has been accepted. */
export const ORDER_FAULT_KINDS = [
  /** Accepted, then refused by the exchange `ms` later (거부 notice, `rjct_qty`). */
  'async_reject',
  /** The row stays out of the order inquiries for `ms`. */
  'hide_rows',
  /** From its first fill on, the balance shows the picture before that fill for `ms`. */
  'lag_balance',
  /** `quantity` shares (all without it) fill at the order's price `ms` later. */
  'fill',
  /** On a cancel: it is accepted, but takes effect `ms` later, after `quantity` shares (all without it) have filled. */
  'late_fill',
  /** On a cancel: accepted, takes effect `ms` later. */
  'slow_cancel',
  /** Another client of the account places an order of the same look, just before or `ms` after this one. */
  'foreign_before',
  'foreign_after',
  'lose_notice',
  'duplicate_notice',
  'delay_notice',
  /** The notice is sent after the account's next one, or `ms` later when none comes. */
  'swap_notices',
  /** The account's sockets go silent, or are cut without a close frame, at the moment of acceptance. */
  'silent_socket',
  'cut_socket',
] as const;
export type OrderFaultKind = (typeof ORDER_FAULT_KINDS)[number];

export const NOTICE_FAULT_KINDS = ['lose_notice', 'duplicate_notice', 'delay_notice', 'swap_notices'] as const;
export type NoticeFaultKind = (typeof NOTICE_FAULT_KINDS)[number];

export const ORDER_EVENTS = ['accepted', 'filled', 'cancelled', 'replaced', 'rejected', 'expired'] as const;
