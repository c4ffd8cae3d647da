import type { Program } from '#domain/strategy/compile.ts';
import { TRUE } from '#domain/strategy/evaluate.ts';
import { decidesBeforeClose, decidesForAuction } from '#domain/strategy/execution-moment.ts';
import { decidesAt, firstOfDay } from './closing-auction.ts';
import { type Columns, dayOf, lastRowAt, tradedValue } from './columns.ts';
import { knownPrice } from './order-plan.ts';
import { decideRebalance } from './rebalance.ts';
import { endsSession, mayEnterAt } from './session-window.ts';
import type { Signals } from './signals.ts';
import { orderQuantity, sizeOf } from './sizing.ts';

/** A position as a decision sees it. Prices are raw won; the caller keeps `entryPrice` on the scale of today's raw prices. */
export interface HeldPosition {
  /** Index into `columns.symbols`. */
  readonly symbol: number;
  readonly quantity: number;
  readonly entryPrice: number;
  /** Bars of this symbol that have closed since the fill; 0 on the bar that filled it. */
  readonly barsHeld: number;
  /** A sell is on its way and has not been filled. */
  readonly isExiting: boolean;
  /** Its last row up to `index`, when the caller knows it; looked up otherwise. */
  readonly lastRow?: number;
}

export interface DecisionInput {
  readonly program: Program;
  readonly columns: Columns;
  readonly signals: Signals;
  /** The calendar entry that has just closed. */
  readonly index: number;
  readonly cash: number;
  readonly positions: readonly HeldPosition[];
}

export type DecisionReason = 'entry_signal' | 'exit_signal' | 'max_bars' | 'session_end' | 'rebalance';
/** An order to send at the next open. Entries come best first: fill them in this order. */
export interface Decision {
  readonly side: 'buy' | 'sell';
  readonly symbol: number;
  readonly code: string;
  readonly quantity: number;
  readonly reason: DecisionReason;
  /** The raw close that the quantity was reckoned with; decided before the close, the open. */
  readonly referencePrice: number;
  /** Row of the bar that decided. */
  readonly row: number;
}

/**
 * What to do after a close, or before it where a daily document orders into the closing auction: of the bar at `index` only its open is
 * read then, and what else is compared (traded value, volume) is that of the symbol's bar before. The one decision step: the back-test
 * calls it for every bar, the auto-trader for the latest one, with the same program, so both decide alike. It sees rows up to `index`
 * and nothing later.
 */
export function decideAtClose(input: DecisionInput): readonly Decision[] {
  if (!decidesAt(input.program, input.columns, input.index)) return NOTHING;
  const exits = decideExits(input);
  const isWeighted = input.program.sizing.kind === 'weights' && input.positions.length > 0;
  const changes = isWeighted ? decideRebalance(input, exits, fundsOf(input, exits).equity) : NOTHING;
  const entries = decideEntries(input, exits, changes);
  // Most decisions are of one kind, and then need not be put together.
  if (changes.length === 0 && entries.length === 0) return exits;
  return exits.length === 0 && changes.length === 0 ? entries : [...exits, ...changes, ...entries];
}

/** What most bars decide. */
const NOTHING: readonly Decision[] = [];

/** Whether any symbol has an entry signal at a calendar entry, or at one from `from` on. */
export function hasCandidates(signals: Signals, index: number, from = index): boolean {
  return signals.from[index + 1]! > signals.from[from]!;
}

/** The row of a symbol at a calendar entry, or −1 when it did not have a bar then. */
export function rowAt(columns: Columns, symbol: number, index: number): number {
  return ofEntry(columns, lastRowAt(columns, symbol, index), index);
}

const ofEntry = (columns: Columns, row: number, index: number): number => (row >= 0 && columns.time[row] === index ? row : -1);

/**
 * The row that decides about a symbol at a calendar entry, given its last one up to then: of that entry, or, where the day decides once,
 * of that day. −1 when there is none.
 */
export function decidingRow({ document }: Program, columns: Columns, lastRow: number, index: number): number {
  if (!decidesForAuction(document)) return ofEntry(columns, lastRow, index);
  return lastRow >= 0 && dayOf(columns.times[columns.time[lastRow]!]!) === dayOf(columns.times[index]!) ? lastRow : -1;
}

function decideExits(input: DecisionInput): readonly Decision[] {
  const { program, columns, index, positions } = input;
  // At the end of the session no exit may wait for a limit, whatever else calls for it.
  const isLimit = program.document.execution.orderType === 'limit';
  const isSessionEnd = endsSession(program, columns, index);
  const isBeforeClose = decidesBeforeClose(program.document);
  let decisions: Decision[] | null = null;
  for (let i = 0; i < positions.length; i += 1) {
    const held = positions[i]!;
    if (held.isExiting || held.quantity <= 0) continue;
    const row = decidingRow(program, columns, held.lastRow ?? lastRowAt(columns, held.symbol, index), index);
    if (row < 0) continue;
    const reason = isSessionEnd && isLimit ? 'session_end' : exitReasonOf(input, row, held, isSessionEnd);
    if (!reason) continue;
    const { code } = columns.symbols[held.symbol]!;
    const referencePrice = knownPrice(columns, row, isBeforeClose);
    const sale: Decision = { side: 'sell', symbol: held.symbol, code, quantity: held.quantity, reason, referencePrice, row };
    if (decisions) decisions.push(sale);
    else decisions = [sale];
  }
  return decisions ?? NOTHING;
}

function exitReasonOf({ program, columns, signals }: DecisionInput, row: number, held: HeldPosition, isSessionEnd: boolean) {
  if (hasExitSignal(program, columns, signals, row, held)) return 'exit_signal';
  if (program.stops.maxBars !== null && held.barsHeld >= program.stops.maxBars) return 'max_bars';
  return isSessionEnd ? 'session_end' : null;
}

function hasExitSignal(program: Program, columns: Columns, signals: Signals, row: number, held: HeldPosition): boolean {
  if (signals.exit) return signals.exit[row] === 1;
  const evaluator = signals.evaluators?.[held.symbol];
  if (!program.exit || !evaluator) return false;
  const facts = {
    entryPrice: held.entryPrice * (columns.factor?.[row] ?? 1),
    barsHeld: held.barsHeld,
    unrealisedRate: knownPrice(columns, row, decidesBeforeClose(program.document)) / held.entryPrice - 1,
  };
  return evaluator.conditionAt(program.exit, row - columns.offset[held.symbol]!, facts) === TRUE;
}

/** Won there are, and won that orders may spend: sale proceeds buy at the same open, for KRX settles on T+2 and brokers lend the days between. */
function fundsOf({ program, columns, index, cash, positions }: DecisionInput, exits: readonly Decision[]) {
  const isBeforeClose = decidesBeforeClose(program.document);
  let staying = 0;
  let equity = cash;
  let available = cash;
  for (const held of positions) {
    const row = held.lastRow ?? lastRowAt(columns, held.symbol, index);
    const price = row < 0 ? 0 : knownPrice(columns, row, isBeforeClose && columns.time[row] === index);
    const worth = price * held.quantity;
    equity += worth;
    if (held.isExiting || isIn(held.symbol, exits)) available += worth;
    else staying += 1;
  }
  return { staying, equity, available };
}

function decideEntries(input: DecisionInput, exits: readonly Decision[], changes: readonly Decision[]): readonly Decision[] {
  const { program, columns, signals, index, positions } = input;
  const from = decidesForAuction(program.document) ? firstOfDay(columns, index) : index;
  if (!hasCandidates(signals, index, from) || !mayEnterAt(program, columns, index)) return NOTHING;
  const isBeforeClose = decidesBeforeClose(program.document);
  const funds = fundsOf(input, exits);
  const { staying, equity } = funds;
  const slots = program.sizing.maxPositions - staying;
  if (slots <= 0) return NOTHING;
  const candidates = rankedCandidates(program, columns, signals, from, index, positions);
  const withCommission = 1 + program.document.costs.commissionRate;
  let { available } = funds;
  for (const { side, referencePrice, quantity } of changes)
    available += side === 'sell' ? referencePrice * quantity : -referencePrice * quantity * withCommission;
  const entries: Decision[] = [];
  for (let i = 0; i < candidates.length && entries.length < slots; i += 1) {
    const { row } = candidates[i]!;
    const referencePrice = knownPrice(columns, row, isBeforeClose);
    const size = sizeOf({ program, columns, signals, row, equity, price: referencePrice });
    const quantity = orderQuantity(size, referencePrice, available, program.document.costs.commissionRate);
    if (quantity < 1) continue;
    available -= referencePrice * quantity * withCommission;
    const symbol = signals.symbolOf[row]!;
    entries.push({ side: 'buy', symbol, code: columns.symbols[symbol]!.code, quantity, reason: 'entry_signal', referencePrice, row });
  }
  return entries;
}

/** Positions and exits are few: looking through them costs less than a set of them a bar. */
function isIn(symbol: number, list: readonly { readonly symbol: number }[]): boolean {
  for (let i = 0; i < list.length; i += 1) if (list[i]!.symbol === symbol) return true;
  return false;
}

/** A row with an entry signal, with what it competes by. */
interface Candidate {
  readonly row: number;
  /** 0 for all where the strategy does not rank. */
  readonly rank: number;
  readonly value: number;
}

/**
 * Rows of the calendar entries `from` to `index` with an entry signal that is its symbol's last word, of symbols that are not held, best
 * first: rank, then traded value, then symbol. Never by order of arrival.
 */
function rankedCandidates(
  program: Program,
  columns: Columns,
  signals: Signals,
  from: number,
  index: number,
  positions: readonly HeldPosition[],
): Candidate[] {
  const candidates: Candidate[] = [];
  const back = decidesBeforeClose(program.document) ? 1 : 0;
  for (let i = signals.from[from]!; i < signals.from[index + 1]!; i += 1) {
    const row = signals.rows[i]!;
    const symbol = signals.symbolOf[row]!;
    const hasSpokenSince = from < index && row + 1 < columns.offset[symbol + 1]! && columns.time[row + 1]! <= index;
    if (hasSpokenSince) continue;
    const known = row - back;
    if (known < columns.offset[symbol]! || !(columns.volume[known]! > 0) || isIn(symbol, positions)) continue;
    candidates.push({ row, rank: signals.rank ? signals.rank[row]! : 0, value: tradedValue(columns, known) });
  }
  if (candidates.length < 2) return candidates;
  const sign = program.rank?.order === 'asc' ? 1 : -1;
  return candidates.sort((a, b) => compareRanks(a.rank, b.rank, sign) || b.value - a.value || a.row - b.row);
}

/** An unknown rank comes last in either order. */
function compareRanks(a: number, b: number, sign: 1 | -1): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
  return (a - b) * sign;
}
