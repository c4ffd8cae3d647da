/** What the account was worth at a moment, in won. */
export interface Valuation {
  readonly at: string;
  readonly netAssets: number;
}
/** Won that came from outside (positive) or left. */
export interface ExternalFlow {
  readonly at: string;
  readonly amount: number;
}

/** Digits kept of a return: the precision rates are stored with. */
const SCALE = 100_000_000n;

/**
 * The time-weighted return: the growth between flows multiplied, so that neither a deposit nor a withdrawal looks like profit or loss.
 * Each flow takes effect directly after the last valuation not later than it. Null when there is nothing to reckon with: fewer than two
 * valuations, or a period that began with no money. Whole won in; exact until the last division, cut to eight digits.
 */
export function timeWeightedReturn(valuations: readonly Valuation[], flows: readonly ExternalFlow[]): number | null {
  const byTime = <T extends { readonly at: string }>(list: readonly T[]) => [...list].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const values = byTime(valuations);
  const first = values[0];
  const last = values[values.length - 1];
  if (!first || !last || values.length < 2) return null;
  let growth = { above: 1n, below: 1n };
  let start = BigInt(first.netAssets);
  let from = 0;
  const close = (end: number): boolean => {
    if (start <= 0n) return false;
    growth = { above: growth.above * BigInt(values[end]!.netAssets), below: growth.below * start };
    return true;
  };
  for (const flow of byTime(flows)) {
    const at = Date.parse(flow.at);
    if (at < Date.parse(first.at)) continue; // in the first valuation already
    let end = from;
    while (end + 1 < values.length && Date.parse(values[end + 1]!.at) <= at) end += 1;
    // Two flows after the same valuation are one.
    if (end > from) {
      if (!close(end)) return null;
      start = BigInt(values[end]!.netAssets);
      from = end;
    }
    start += BigInt(flow.amount);
  }
  if (from < values.length - 1 && !close(values.length - 1)) return null;
  return Number((growth.above * SCALE) / growth.below - SCALE) / Number(SCALE);
}
