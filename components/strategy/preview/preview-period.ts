import { formatDay } from '#components/numbers/format.ts';

export const PREVIEW_YEARS = 10;

export interface PreviewPeriod {
  /** First and last day that count, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Whole won. */
  readonly capital: number;
}

/** The ten years up to a moment's day in Seoul, with the money that the back-test dialog proposes too. */
export function previewPeriod(now: number): PreviewPeriod {
  const to = formatDay(now);
  return { from: `${Number(to.slice(0, 4)) - PREVIEW_YEARS}${to.slice(4)}`, to, capital: 100_000_000 };
}
