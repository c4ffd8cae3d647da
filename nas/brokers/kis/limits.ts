import type { KisEnvironment } from './tr-ids.ts';

// KIS's own figures, and ours below them. A change of any of them raises LIMITS_VERSION: a process with an older table does not
// put the older figure back (broker_quotas.limits_version).

/** One figure of KIS with where it is written and since when. */
export interface Limit {
  readonly value: number;
  readonly source: string;
  /** YYYY-MM-DD: in force, or stated, since. */
  readonly since: string;
}

export const LIMITS_VERSION = 1;

/** Calls a second KIS allows one app key. */
export const CALLS_PER_SECOND: Readonly<Record<KisEnvironment | 'newKey', Limit>> = {
  real: { value: 18, source: 'KIS throughput notice (API 유량제한)', since: '2026-04-20' },
  paper: { value: 1, source: 'KIS throughput notice (API 유량제한)', since: '2026-04-20' },
  // For three days after a customer joined; paper exempt. When a key joined is not told, so every real key counts from when we first saw it.
  newKey: { value: 3, source: 'KIS notice on new API customers', since: '2026-03-20' },
};

/** Calls a second we let out: with a burst of a fifth no second sees more than KIS's figure. */
export const OUR_CALLS_PER_SECOND: Readonly<Record<KisEnvironment | 'newKey', number>> = { real: 15, paper: 0.95, newKey: 2.8 };

export const KIS_LIMITS = {
  /** Registrations of one WebSocket session, notices included. */
  registrations: { value: 41, source: 'KIS throughput notice; the 42nd is refused with OPSP0008', since: '2026-04-20' },
  /** Seconds between two token issues of a key. */
  tokenSpacing: { value: 60, source: 'EGW00133, measured by many', since: '2023-04-28' },
  /** Hours a WebSocket approval key is good for. */
  approvalHours: { value: 24, source: 'API workbook, oauth2/Approval', since: '2026-06-03' },
  /** Symbols of one multi-quote. */
  pricesPerCall: { value: 30, source: 'API workbook, intstock-multprice', since: '2026-06-03' },
  /** Rows of one page of inquire-daily-ccld. */
  ordersPerPageReal: { value: 100, source: 'API workbook, inquire-daily-ccld', since: '2026-06-03' },
  ordersPerPagePaper: { value: 15, source: 'API workbook, inquire-daily-ccld', since: '2026-06-03' },
  /** Days of one call for daily bars. */
  daysPerCall: { value: 100, source: 'API workbook, inquire-daily-itemchartprice', since: '2026-06-03' },
} as const satisfies Record<string, Limit>;
