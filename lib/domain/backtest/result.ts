import { hashOf } from '#domain/hash.ts';
import type { Diagnosis } from './diagnosis/finding.ts';
import type { OpenPosition } from './engine.ts';
import type { LookAheadReport } from './look-ahead.ts';
import type { Metrics } from './metrics.ts';
import type { Trade } from './position.ts';
import type { OrderCounts } from './run-state.ts';
import type { UniverseMask } from './signals.ts';

/** Changes when the engine may answer differently for the same inputs. */
export const ENGINE_VERSION = 'narae.engine/3';

export interface ResultInputs {
  readonly strategyHash: string;
  readonly dataHash: string;
  readonly strategyName: string;
  readonly timeframe: string;
  /** First and last session that count. */
  readonly from: string;
  readonly to: string;
  readonly capital: number;
  readonly params: Readonly<Record<string, number>>;
  readonly mask: UniverseMask;
  readonly seed: number;
  readonly symbols: number;
  readonly bars: number;
  readonly isAdjusted: boolean;
  readonly rules: Readonly<Record<string, unknown>>;
}

/** What a run gives; also the CLI's `--json`. Same inputs, same bytes: there is no clock in it. */
export interface BacktestResult {
  readonly engine: string;
  readonly inputs: ResultInputs;
  readonly metrics: Metrics;
  /** `[day, equity in won, drawdown as a fraction]` a session. */
  readonly equity: readonly (readonly [day: string, equity: number, drawdown: number])[];
  /** Compounded return of each month, `[YYYY-MM, rate]`. */
  readonly months: readonly (readonly [month: string, rate: number])[];
  readonly trades: readonly Trade[];
  readonly open: readonly OpenPosition[];
  readonly orders: Readonly<OrderCounts>;
  readonly lookAhead: LookAheadReport;
  readonly diagnosis: readonly Diagnosis[];
  /** SHA-256 of the canonical JSON of all of the above. */
  readonly hash: string;
  /** T+2 cash: won that could have been withdrawn, `[day, won]` where it changes. Outside the hash, as it follows from the same fills. */
  readonly withdrawable: readonly (readonly [day: string, won: number])[];
}

export function withHash({ withdrawable, ...result }: Omit<BacktestResult, 'hash'>): BacktestResult {
  return { ...result, hash: hashOf(result), withdrawable };
}

/** Month returns from session equity; the first month starts from the capital. */
export function monthlyReturns(days: readonly string[], equity: Float64Array, capital: number): [string, number][] {
  const months: [string, number][] = [];
  let base = capital;
  for (let i = 0; i < days.length; i += 1) {
    const month = days[i]!.slice(0, 7);
    if (days[i + 1]?.slice(0, 7) === month) continue;
    months.push([month, equity[i]! / base - 1]);
    base = equity[i]!;
  }
  return months;
}
