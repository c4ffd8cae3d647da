import type { Program } from '#domain/strategy/compile.ts';
import { decidesBeforeClose, decidesForAuction } from '#domain/strategy/execution-moment.ts';
import { firstOfDay } from './closing-auction.ts';
import { type Columns, lastRowAt } from './columns.ts';
import { type Decision, type DecisionInput, decidingRow } from './decide.ts';
import { knownPrice } from './order-plan.ts';
import { periodOf } from './signals.ts';
import { weightOf } from './sizing.ts';

/**
 * True on the first bar of a period: known as soon as that bar is there, without looking whether the last one was the last. Of a
 * document that decides once a day, on the bar that does so on the period's first day.
 */
function opensPeriod({ document }: Program, columns: Columns, index: number, period: 'daily' | 'weekly' | 'monthly'): boolean {
  const { times } = columns;
  const before = (decidesForAuction(document) ? firstOfDay(columns, index) : index) - 1;
  return before >= 0 && periodOf(times[index]!, period) !== periodOf(times[before]!, period);
}

const NOTHING: readonly Decision[] = [];

/**
 * Brings what is held back to its weight on the first bar of each period: sells what is too much, then buys what is missing, the
 * largest shortfall first. Positions that leave, that did not trade or that are within the tolerance stay as they are; what cannot be
 * filled on the next bar lapses.
 */
export function decideRebalance(input: DecisionInput, exits: readonly Decision[], equity: number): readonly Decision[] {
  const { program, columns, signals, index, positions } = input;
  const { sizing, document } = program;
  if (sizing.kind !== 'weights' || !opensPeriod(program, columns, index, sizing.rebalance)) return NOTHING;
  const isBeforeClose = decidesBeforeClose(document);
  const changes: (Decision & { readonly shortfall: number })[] = [];
  for (const held of positions) {
    if (held.isExiting || exits.some(({ symbol }) => symbol === held.symbol)) continue;
    const row = held.lastRow ?? lastRowAt(columns, held.symbol, index);
    const known = isBeforeClose ? row - 1 : row;
    const isDeciding = decidingRow(program, columns, row, index) >= 0;
    if (!isDeciding || known < columns.offset[held.symbol]! || !(columns.volume[known]! > 0)) continue;
    const referencePrice = knownPrice(columns, row, isBeforeClose);
    const target = Math.floor(equity * weightOf({ program, columns, signals, row }));
    const shortfall = target - referencePrice * held.quantity;
    const quantity = referencePrice > 0 ? Math.floor(Math.abs(shortfall) / referencePrice) : 0;
    if (quantity < 1 || Math.abs(shortfall) <= target * sizing.tolerance) continue;
    const { code } = columns.symbols[held.symbol]!;
    changes.push({
      side: shortfall < 0 ? 'sell' : 'buy',
      symbol: held.symbol,
      code,
      quantity: shortfall < 0 ? Math.min(quantity, held.quantity) : quantity,
      reason: 'rebalance',
      referencePrice,
      row,
      shortfall,
    });
  }
  changes.sort((a, b) => (a.side === b.side ? b.shortfall - a.shortfall || a.symbol - b.symbol : a.side === 'sell' ? -1 : 1));
  return changes.map(({ shortfall: _shortfall, ...decision }) => decision);
}
