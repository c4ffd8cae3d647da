import type { Program } from '#domain/strategy/compile.ts';
import { type Columns, lastRowAt } from './columns.ts';
import { type Decision, decideAtClose } from './decide.ts';
import { fillRules } from './fill.ts';
import { computeSignals, NO_MASK, type UniverseMask } from './signals.ts';
import { type ProtectiveLevels, protectiveLevels } from './stops.ts';

/** A live position of one deployment, from its sub-ledger. */
export interface LivePosition {
  readonly code: string;
  readonly quantity: number;
  /** Won a share paid, on today's price scale. */
  readonly entryPrice: number;
  /** Bars of the timeframe that have closed since the fill; 0 on the bar that filled it. */
  readonly barsHeld: number;
  /** Highest price since entry. */
  readonly highWater: number;
  /** A sell is on its way. */
  readonly isExiting: boolean;
}

export interface LiveInput {
  readonly program: Program;
  /** At least `program.historyBars` bars a symbol; the last calendar entry is the bar that has just closed. */
  readonly columns: Columns;
  /** Won this deployment may spend. */
  readonly cash: number;
  readonly positions: readonly LivePosition[];
  readonly mask?: UniverseMask;
}

/** A decision with the ATR it was made at, won a share: a stop by ATR is measured from it while the position lasts. */
export type LiveDecision = Decision & { readonly atr: number | null };

export interface LiveEvaluation {
  /** The bar that was evaluated. */
  readonly time: string;
  /** Sells first, then buys, best first. */
  readonly decisions: readonly LiveDecision[];
  /** Protective levels of every position for the next bar: what `protective_stops` stores. */
  readonly levels: readonly ({ readonly code: string } & ProtectiveLevels)[];
  /** Held codes without any bar: nothing can be decided about them, somebody must look. */
  readonly unknownCodes: readonly string[];
}

/** One evaluation of a live strategy on the latest closed bar: the back-test's own signals and decision step. */
export function evaluateLatest({ program, columns, cash, positions, mask = NO_MASK }: LiveInput): LiveEvaluation {
  const index = columns.times.length - 1;
  const signals = computeSignals(program, columns, mask);
  const rules = fillRules(columns, program.document);
  const indexOf = new Map(columns.symbols.map((symbol, s) => [symbol.code, s]));
  const known = positions.flatMap((position) => {
    const symbol = indexOf.get(position.code);
    const lastRow = symbol === undefined ? -1 : lastRowAt(columns, symbol, index);
    return symbol === undefined || lastRow < 0 ? [] : [{ ...position, symbol, lastRow }];
  });
  const atrAt = (row: number) => (signals.atr ? signals.atr[row]! / (columns.factor?.[row] ?? 1) : Number.NaN);
  return {
    time: columns.times[index]!,
    decisions: decideAtClose({ program, columns, signals, index, cash, positions: known }).map((decision) => {
      const atr = atrAt(decision.row);
      return { ...decision, atr: Number.isNaN(atr) ? null : atr };
    }),
    levels: known.map(({ code, lastRow: row, entryPrice, highWater }) => {
      return { code, ...protectiveLevels(program.stops, rules, row, { entryPrice, highWater, atr: atrAt(row) }) };
    }),
    unknownCodes: positions.filter((position) => !known.some(({ code }) => code === position.code)).map(({ code }) => code),
  };
}
