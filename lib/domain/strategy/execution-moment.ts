import type { StrategyDocument } from './schema.ts';

type Timing = { readonly timeframe?: unknown; readonly execution?: Partial<StrategyDocument['execution']> };

/** Orders into the closing auction of a daily bar: decided on its open and the bars before, filled at its close. */
export function decidesBeforeClose({ timeframe, execution }: Timing): boolean {
  return execution?.at === 'this_close_auction' && !isOfMinutes(timeframe);
}

/** Orders into the closing auction on minute bars: decided once a day on bars that have closed, filled in that day's auction. */
export function decidesForAuction({ timeframe, execution }: Timing): boolean {
  return execution?.at === 'this_close_auction' && isOfMinutes(timeframe);
}

/** Whether bars of a timeframe are shorter than a day. */
export function isOfMinutes(timeframe: unknown): boolean {
  return typeof timeframe === 'string' && timeframe.endsWith('m');
}
