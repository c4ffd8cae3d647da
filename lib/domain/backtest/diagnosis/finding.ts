import type { UnsourcedRule } from '#domain/market/rule-book.ts';
import type { Columns } from '../columns.ts';
import type { EngineOutput } from '../engine.ts';
import type { LookAheadReport } from '../look-ahead.ts';

/** Something a reader must know before believing a result: what was found, why it matters and what to do. */
export interface Diagnosis {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  /** What the sentences count: won, fractions, numbers of things, days and symbols as text. */
  readonly numbers: Readonly<Record<string, number | string>>;
  readonly ko: string;
  readonly en: string;
}

export interface DiagnosisInput {
  readonly columns: Columns;
  readonly output: EngineOutput;
  /** The sessions that count, and the equity at the close of each. */
  readonly days: readonly string[];
  readonly equity: Float64Array;
  /** Whole won. */
  readonly capital: number;
  /** Share of a bar's volume that the run's fills may take. */
  readonly participation: number;
  /** The document sells everything before each session's close. */
  readonly leavesBeforeClose: boolean;
  /** Nobody can tell from the bars whether they hold the closing auctions that orders were filled in. */
  readonly isAuctionBelieved: boolean;
  readonly lookAhead: LookAheadReport;
  readonly unsourced: readonly UnsourcedRule[];
}

/** One question to a run; null when there is nothing to tell. */
export type Analysis = (input: DiagnosisInput) => Diagnosis | null;
