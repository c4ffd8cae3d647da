import type { StrategyDocument } from '#domain/strategy/schema.ts';
import type { Columns } from '../columns.ts';
import { canTrade, type FillRules, fillRules, rescale, slippedPrice, taxRateOf, volumeCap } from '../fill.ts';
import { lastTradedRows } from '../run-state.ts';

/** What the rule book says of every row's opening, asked once: the same for every run of one document over one symbol. */
interface Openings {
  /** 1 where a buy (a sale) at the open meets somebody, and the bar has no split to reckon with. */
  readonly buys: Uint8Array;
  readonly sells: Uint8Array;
  /** Won a share after slippage; null where that depends on the size of the order. */
  readonly buyPrice: Float64Array | null;
  readonly sellPrice: Float64Array | null;
  /** Shares that our fills may take. */
  readonly cap: Float64Array;
  readonly taxRate: Float64Array;
}

/** One symbol's bars as a sweep reads them. */
export interface Lane {
  /** Of this symbol alone, on the calendar of the whole data. */
  readonly columns: Columns;
  readonly rules: FillRules;
  readonly openings: Openings;
  /** The last close at or before each calendar entry; NaN before the first. */
  readonly standing: Float64Array;
  /** The next row, from each on, at which a position changes by itself: a split, or the last bar of a symbol that ends. */
  readonly nextChange: Int32Array;
  /** Lowest and highest price of a row that trades; out of every stop's reach on a row that does not. */
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

/** `columns` hold one symbol. */
export function laneOf(columns: Columns, document: StrategyDocument): Lane {
  const rules = fillRules(columns, document);
  const rows = columns.time.length;
  const { open, high, low, volume } = columns;
  const lowest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < rows; row += 1) {
    if (!(volume[row]! > 0)) continue;
    lowest[row] = Math.min(open[row]!, low[row]!);
    highest[row] = Math.max(open[row]!, high[row]!);
  }
  return {
    columns,
    rules,
    openings: openingsOf(rules, document),
    standing: standingCloses(columns),
    nextChange: nextChanges(columns),
    lowest,
    highest,
  };
}

const isSplit = (columns: Columns, row: number) => row > 0 && rescale(columns, row) !== 1;

function openingsOf(rules: FillRules, document: StrategyDocument): Openings {
  const { columns } = rules;
  const rows = columns.time.length;
  const hasOwnPrice = document.costs.slippage.kind !== 'impact';
  const [buys, sells] = [new Uint8Array(rows), new Uint8Array(rows)];
  const [buyPrice, sellPrice] = [new Float64Array(rows), new Float64Array(rows)];
  const [cap, taxRate] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row += 1) {
    if (!(columns.volume[row]! > 0)) continue;
    const isPlain = !isSplit(columns, row);
    buys[row] = isPlain && canTrade(rules, row, 'buy', 'open') ? 1 : 0;
    sells[row] = isPlain && canTrade(rules, row, 'sell', 'open') ? 1 : 0;
    cap[row] = volumeCap(rules, row);
    taxRate[row] = taxRateOf(rules, row, 'open');
    if (!hasOwnPrice) continue;
    buyPrice[row] = slippedPrice(rules, row, 'buy', columns.open[row]!, 1);
    sellPrice[row] = slippedPrice(rules, row, 'sell', columns.open[row]!, 1);
  }
  return { buys, sells, buyPrice: hasOwnPrice ? buyPrice : null, sellPrice: hasOwnPrice ? sellPrice : null, cap, taxRate };
}

function standingCloses({ times, time, close }: Columns): Float64Array {
  const standing = new Float64Array(times.length);
  let row = -1;
  for (let t = 0; t < standing.length; t += 1) {
    if (row + 1 < time.length && time[row + 1] === t) row += 1;
    standing[t] = row < 0 ? Number.NaN : close[row]!;
  }
  return standing;
}

function nextChanges(columns: Columns): Int32Array {
  const last = lastTradedRows(columns)[0]!;
  const next = new Int32Array(columns.time.length + 1).fill(columns.time.length);
  for (let row = columns.time.length - 1; row >= 0; row -= 1) {
    next[row] = row === last || isSplit(columns, row) ? row : next[row + 1]!;
  }
  return next;
}
