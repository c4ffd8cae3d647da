import type { Columns } from '#domain/backtest/columns.ts';
import type { Trade } from '#domain/backtest/position.ts';

/** A round trip as both engines tell it. Prices and pnl in won. */
export type ComparedTrade = Pick<Trade, 'entryDay' | 'entryPrice' | 'quantity' | 'exitDay' | 'exitPrice' | 'pnl'>;

/** Why a trade of one engine is not one of the other; `unexplained` is a fault of somebody's. */
export type Difference =
  | 'locked at the limit: nobody sells to us, nobody buys from us'
  | 'no more shares than the bar traded'
  | 'not enough cash at the open: we buy what it pays for, they buy nothing'
  | 'leaves with the delisted symbol'
  | 'follows from the difference before'
  | 'unexplained';

export interface Comparison {
  readonly equal: number;
  readonly differing: readonly { readonly why: Difference; readonly ours: ComparedTrade | null; readonly theirs: ComparedTrade | null }[];
}

/**
 * Walks both lists by entry day. A difference is followed by others while one engine still holds what the other has sold, and, where
 * `growsWithEquity`, by other quantities for good, as each sizes its trades by its own money.
 */
export function compareTrades(
  columns: Columns,
  ours: readonly Trade[],
  theirs: readonly ComparedTrade[],
  growsWithEquity: boolean,
): Comparison {
  const days = [...new Set([...ours, ...theirs].map(({ entryDay }) => entryDay))].sort();
  const differing: { why: Difference; ours: ComparedTrade | null; theirs: ComparedTrade | null }[] = [];
  let equal = 0;
  let apartUntil = '';
  for (const day of days) {
    const our = ours.find(({ entryDay }) => entryDay === day) ?? null;
    const their = theirs.find(({ entryDay }) => entryDay === day) ?? null;
    if (our && their && isSame(our, their)) {
      equal += 1;
      continue;
    }
    const isAfter =
      day <= apartUntil || (growsWithEquity && differing.length > 0 && our !== null && their !== null && isSameButSize(our, their));
    const why = isAfter ? 'follows from the difference before' : reasonOf(columns, our, their);
    differing.push({ why, ours: our, theirs: their });
    const ends = [our?.exitDay ?? day, their?.exitDay ?? day].sort();
    if (ends[1]! > apartUntil) apartUntil = ends[1]!;
  }
  return { equal, differing };
}

function isSameButSize(our: ComparedTrade, their: ComparedTrade): boolean {
  return our.exitDay === their.exitDay && our.entryPrice === their.entryPrice && our.exitPrice === their.exitPrice;
}

function isSame(our: ComparedTrade, their: ComparedTrade): boolean {
  return isSameButSize(our, their) && our.quantity === their.quantity && our.pnl === their.pnl;
}

function reasonOf(columns: Columns, our: Trade | ComparedTrade | null, their: ComparedTrade | null): Difference {
  const row = (day: string) => columns.times.indexOf(day);
  if (!our && their) {
    return isLocked(columns, row(their.entryDay)) ? 'locked at the limit: nobody sells to us, nobody buys from us' : 'unexplained';
  }
  if (our && !their) {
    const at = row(our.entryDay);
    const hasJumped = columns.open[at]! > columns.close[at - 1]! * 1.1; // a tenth of the equity stays in hand
    return hasJumped ? 'not enough cash at the open: we buy what it pays for, they buy nothing' : 'unexplained';
  }
  if (!our || !their) return 'unexplained';
  if ('exitReason' in our && our.exitReason === 'delisted') return 'leaves with the delisted symbol';
  if (our.quantity < their.quantity && our.quantity === columns.volume[row(our.entryDay)]) return 'no more shares than the bar traded';
  if (our.exitDay > their.exitDay && isLocked(columns, row(their.exitDay)))
    return 'locked at the limit: nobody sells to us, nobody buys from us';
  // On the bar of the purchase, our own shares are of its volume too.
  const taken = their.exitDay === our.entryDay ? our.quantity : 0;
  if (our.exitDay > their.exitDay && columns.volume[row(their.exitDay)]! - taken < our.quantity)
    return 'no more shares than the bar traded';
  return 'unexplained';
}

/** The whole bar at one price, a limit away from the close before: 12 % is the lowest limit since 1999, less the rounding of adjusted prices. */
function isLocked({ high, low, close }: Columns, row: number): boolean {
  return row > 0 && high[row] === low[row] && Math.abs(close[row]! / close[row - 1]! - 1) > 0.11;
}
