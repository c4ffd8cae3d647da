import { capacityExceeded } from './diagnosis/capacity.ts';
import { oneMonth, oneSymbol } from './diagnosis/concentration.ts';
import { costsEat } from './diagnosis/costs-eat.ts';
import { crises } from './diagnosis/crises.ts';
import { ambiguousStops, believedAuctions, missingAuctions, priceData, unsourcedInRun } from './diagnosis/data-limits.ts';
import { fewTrades } from './diagnosis/few-trades.ts';
import type { Analysis, Diagnosis, DiagnosisInput } from './diagnosis/finding.ts';
import { flatEquity } from './diagnosis/flat-equity.ts';
import { heldOvernight } from './diagnosis/held-overnight.ts';
import { lookAheadVerdict } from './diagnosis/look-ahead-verdict.ts';
import { staleFills } from './diagnosis/stale-fills.ts';

/** In the order of a sceptic's questions. */
const ANALYSES: readonly Analysis[] = [
  lookAheadVerdict,
  fewTrades,
  oneSymbol,
  oneMonth,
  costsEat,
  staleFills,
  heldOvernight,
  missingAuctions,
  believedAuctions,
  flatEquity,
  capacityExceeded,
  crises,
  ambiguousStops,
  priceData,
  unsourcedInRun,
];

/** What must be known before a run's figures are believed. */
export function diagnose(input: DiagnosisInput): Diagnosis[] {
  return ANALYSES.map((analysis) => analysis(input)).filter((finding) => finding !== null);
}
