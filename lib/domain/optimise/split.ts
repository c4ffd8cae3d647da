import { type Columns, dayOf } from '#domain/backtest/columns.ts';

/** The share of the sessions that choices are made on, where nothing else is said. */
export const TRAIN_SHARE = 0.7;

/** First and last calendar entry that counts. */
export interface Period {
  readonly start: number;
  readonly end: number;
}
export interface Split {
  readonly train: Period;
  /** Begins with the session after the last of `train`, flat and with the full capital; its warm-up is what lies before it. */
  readonly test: Period;
}

/**
 * Cuts a period between two sessions (the bars of a day stay together), so that `share` of them, to the nearest whole session, come
 * first. Null when a part would be empty.
 */
export function splitPeriod({ times }: Columns, { start, end }: Period, share: number): Split | null {
  const opens: number[] = [];
  for (let t = start; t <= end; t += 1) if (t === start || dayOf(times[t]!) !== dayOf(times[t - 1]!)) opens.push(t);
  const cut = Math.round(opens.length * share);
  const testStart = opens[cut];
  if (cut < 1 || testStart === undefined) return null;
  return { train: { start, end: testStart - 1 }, test: { start: testStart, end } };
}
