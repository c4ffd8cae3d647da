import type { DuckDBConnection } from '@duckdb/node-api';
import { numberOf, rowsOf } from './duck.ts';

/** One kind of fault in a file, how often, and rows to look at. Fatal ones refuse the import. */
export interface Finding {
  readonly code: string;
  readonly severity: 'fatal' | 'minor';
  readonly count: number;
  readonly ko: string;
  readonly en: string;
  readonly samples: readonly Record<string, unknown>[];
}

const SAMPLES = 5;

export interface Check {
  readonly code: string;
  /** A table or a select in brackets with the columns code and t; each row is one fault. */
  readonly from: string;
  /** A number makes it fatal above that count. */
  readonly severity: 'fatal' | 'minor' | number;
  /** Rows shown; five when left out. */
  readonly samples?: number;
  readonly ko: string;
  readonly en: string;
}

/** The checks that found something, each with its count and its first rows by code and time. */
export async function findingsOf(db: DuckDBConnection, checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { code, from, severity, samples: most = SAMPLES, ko, en } of checks) {
    const count = await numberOf(db, `select count(*) from ${from}`);
    if (count === 0) continue;
    const samples = await rowsOf(db, `select * from ${from} order by code, t limit ${most}`);
    const judged = typeof severity === 'number' ? (count > severity ? 'fatal' : 'minor') : severity;
    findings.push({ code, severity: judged, count, ko, en, samples });
  }
  return findings;
}
