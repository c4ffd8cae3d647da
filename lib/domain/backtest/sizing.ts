import { stopLevels } from '#domain/risk/stop-levels.ts';
import type { Program } from '#domain/strategy/compile.ts';
import type { Sizing } from '#domain/strategy/compile-sizing.ts';
import type { Timeframe } from '#domain/strategy/schema.ts';
import type { Columns } from './columns.ts';
import type { Signals } from './signals.ts';

/** What one new position may take: won to spend (commission included) and shares; the smaller of the two counts. */
export interface Size {
  readonly amount: number;
  readonly shares: number;
}

export interface SizeQuestion {
  readonly program: Program;
  readonly columns: Columns;
  readonly signals: Pick<Signals, 'atr' | 'volatility' | 'symbolOf'>;
  /** Row of the bar that decides. */
  readonly row: number;
  /** Won: the run's equity now, and the raw price a share is reckoned at. */
  readonly equity: number;
  readonly price: number;
}

/** What the document's sizing gives a new position. A size that cannot be known (no ATR or volatility yet) is 0. */
export function sizeOf(question: SizeQuestion): Size {
  const { sizing } = question.program;
  // By far the most frequent; alone it is small enough to be compiled into its caller.
  if (sizing.kind === 'equal_weight')
    return { amount: Math.floor(question.equity / sizing.maxPositions), shares: Number.POSITIVE_INFINITY };
  return otherSize(question, sizing);
}

function otherSize(question: SizeQuestion, sizing: Exclude<Sizing, { kind: 'equal_weight' }>): Size {
  const { equity, price } = question;
  switch (sizing.kind) {
    case 'percent_equity':
      return { amount: Math.floor(equity * sizing.percent), shares: Number.POSITIVE_INFINITY };
    case 'fixed_amount':
      return { amount: sizing.amount, shares: Number.POSITIVE_INFINITY };
    case 'weights':
      return { amount: Math.floor(equity * weightOf(question)), shares: Number.POSITIVE_INFINITY };
    case 'risk_per_trade': {
      // Bought at `price` and stopped out at its stop, the position loses `risk` of the equity (before costs and gaps).
      const distance = stopDistance(question, price);
      return { amount: Number.POSITIVE_INFINITY, shares: distance > 0 ? Math.floor((equity * sizing.risk) / distance) : 0 };
    }
    case 'volatility_target': {
      // An equal share of the wished volatility: were all positions to move as one, the portfolio would have exactly that.
      const volatility = volatilityOf(question);
      const share = volatility > 0 ? sizing.volatility / sizing.maxPositions / volatility : 0;
      return { amount: Math.floor(equity * share), shares: Number.POSITIVE_INFINITY };
    }
  }
}

/** Whole shares to order: what the size asks for, as far as `available` won pay for it at `price`, commission included. */
export function orderQuantity(size: Size, price: number, available: number, commissionRate: number): number {
  const payable = price > 0 ? Math.floor(Math.min(size.amount, available) / (price * (1 + commissionRate))) : 0;
  return Math.min(payable, size.shares);
}

/** The part of the equity a symbol shall have: as written, or an equal part where the document writes none. */
export function weightOf({ program, columns, signals, row }: Pick<SizeQuestion, 'program' | 'columns' | 'signals' | 'row'>): number {
  const { sizing } = program;
  if (sizing.kind !== 'weights') throw new Error(`${sizing.kind} has no weights`);
  if (!sizing.weights) return 1 / sizing.maxPositions;
  return sizing.weights[columns.symbols[signals.symbolOf[row]!]!.code] ?? 0;
}

/** Won a share from a price to its nearest stop; NaN without one. */
function stopDistance({ program, columns, signals, row }: SizeQuestion, price: number): number {
  const { stops } = program;
  const atr = signals.atr ? signals.atr[row]! / (columns.factor?.[row] ?? 1) : Number.NaN;
  const atrDistance = stops.atr && !Number.isNaN(atr) ? stops.atr.multiple * atr : null;
  const levels = stopLevels({ ...stops, profit: null, atrDistance }, { entryPrice: price, highWater: price });
  return price - levels.reduce((nearest, { level }) => (level > nearest || Number.isNaN(nearest) ? level : nearest), Number.NaN);
}

/** About the sessions KRX has in a year, and its regular minutes a session: what turns a bar's volatility into a year's. */
const SESSIONS_A_YEAR = 250;
const MINUTES_A_SESSION = 390;
const WEEKS_A_YEAR = 52;

function barsPerYear(timeframe: Timeframe): number {
  if (timeframe === '1d') return SESSIONS_A_YEAR;
  if (timeframe === '1w') return WEEKS_A_YEAR;
  return (SESSIONS_A_YEAR * MINUTES_A_SESSION) / Number(timeframe.slice(0, -1));
}

/** Yearly standard deviation of the symbol's bar-to-bar returns, as a fraction; NaN while unknown. */
function volatilityOf({ program, signals, row }: SizeQuestion): number {
  return signals.volatility ? signals.volatility[row]! * Math.sqrt(barsPerYear(program.document.timeframe)) : Number.NaN;
}
