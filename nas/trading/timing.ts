/** Every wait of the trading service, in milliseconds (ORDERS §1.3, §3, §4). */
export const TIMING = {
  /** Our row is renewed this often and expires after `leaseMs`. */
  renewMs: 2_000,
  leaseMs: 6_000,
  /** Accounts without an owner are looked for this often. */
  takeMs: 500,
  /** Missed wake-ups cost no more than this. */
  pollMs: 2_000,
  /** No answer after this: unknown on screen, the lane moves on, the socket stays open. */
  answerMs: 3_000,
  /** How long an order waits for an identical unresolved one, or for a broker that does not answer, before it is denied. */
  waitMs: 30_000,
  baselineAgeMs: 5_000,
  /** How long one turn of an order in the lane waits for that list. */
  baselineWaitMs: 5_000,
  openOrdersMs: 5_000,
  /** Without working orders: sees orders made in HTS or MTS. */
  idleInquiryMs: 60_000,
  balanceMs: 30_000,
  /** Look-ups of an unknown order, counted from its send; later ones follow every `lookUpThenMs`. */
  lookUpsMs: [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000],
  lookUpThenMs: 15_000,
  /** A notice may overtake the HTTP answer that tells its order number. */
  noticeHoldMs: 5_000,
  /** An order made elsewhere is adopted when it has been seen for this long. */
  externalMs: 10_000,
  /** A cancel without effect for this long is over: the order works on and may be cancelled again. */
  cancelFadesMs: 30_000,
  haltPollMs: 1_000,
  /** Halts unread for this long count as a halt. */
  haltStaleMs: 3_000,
  /** A halt file is looked for this often where the volume does not tell of changes. */
  haltFileMs: 500,
  /** Reasons for an automatic halt, and orders a cancel-all has still to reach. */
  haltDutiesMs: 2_000,
  /** Armed stops are read this often; a wake-up comes besides. */
  stopPollMs: 2_000,
  /** How often the sources of their prices are looked after. */
  stopTurnMs: 1_000,
  /** A price without a stream (BACKTEST §8). */
  stopAskMs: 10_000,
  /** Without any price for this long a stop cannot fire: two questions went unanswered. */
  stopStaleMs: 25_000,
  /** A stream that is back sooner was a hiccup. */
  stopSlowMs: 5_000,
  expireCheckMs: 30_000,
  /** After the session's close: the broker's list is read once more before leftovers expire. */
  expireGraceMs: 60_000,
  /** Calls in flight at a stop; the process is ended 10 s after it was asked to. */
  stopMs: 6_000,
} as const;

/** New attempts after a proven "not processed". */
export const MAX_ATTEMPTS = 5;
