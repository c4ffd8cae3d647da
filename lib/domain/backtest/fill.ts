import { commission, taxRateIn } from '#domain/market/fees-and-tax.ts';
import { type Slippage, shareOfVolume, slippedByRate, slippedOnGrid } from '#domain/market/fill-rules.ts';
import { limitRate, priceLimits } from '#domain/market/price-limit.ts';
import { ceilToTick, floorToTick, stepTicks, type TickTable, tickSize } from '#domain/market/ticks.ts';
import type { Side } from '#domain/order/order.ts';
import { roundTrigger } from '#domain/risk/stop-levels.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { type Columns, dayOf, marketOn, symbolsOfRows } from './columns.ts';
import { fillTime, type Moment } from './order-plan.ts';
import { type RuleDays, ruleDays, taxAt, ticksAt } from './rule-days.ts';

/** How prices of a bar become prices of ours: the rules of the day, by market and kind. */
export interface FillRules {
  readonly columns: Columns;
  /** Symbol of a row. */
  readonly symbolOf: Int32Array;
  readonly days: RuleDays;
  readonly costs: StrategyDocument['costs'];
  readonly participation: number;
}

export function fillRules(columns: Columns, document: Pick<StrategyDocument, 'costs' | 'execution'>): FillRules {
  const { costs, execution } = document;
  return { columns, symbolOf: symbolsOfRows(columns), days: ruleDays(columns), costs, participation: execution.participation };
}

/** Previous session's close on this row's scale (기준가); NaN in a symbol's first session. Few bars need it, so none is kept. */
function basePrice({ columns, symbolOf }: FillRules, row: number): number {
  const oldest = columns.offset[symbolOf[row]!]!;
  const dayAt = (at: number) => dayOf(columns.times[columns.time[at]!]!);
  let first = row;
  while (columns.isIntraday && first > oldest && dayAt(first - 1) === dayAt(row)) first -= 1;
  return first > oldest ? columns.close[first - 1]! * rescale(columns, first) : Number.NaN;
}

/** What a raw price of the bar before is worth on this bar's scale: below 1 after a split, 1 on ordinary days. */
export function rescale(columns: Columns, row: number): number {
  const { factor } = columns;
  return factor ? factor[row - 1]! / factor[row]! : 1;
}

/** A source's rounding of adjusted prices can hide up to one tick of the limit; a tick is at most 1 % of a price above 500 won. */
const ADJUSTED_TOLERANCE = 0.01;

/** 1 when the whole bar stood at its upper limit (nobody sells to us), −1 at its lower (nobody buys), else 0. */
export function lockedSide(rules: FillRules, row: number): -1 | 0 | 1 {
  const { high, low } = rules.columns;
  return high[row] === low[row] ? limitSide(rules, row, high[row]!) : 0;
}

/** 1 when a price of this row is its upper limit, −1 when it is its lower one, else 0. */
function limitSide(rules: FillRules, row: number, price: number): -1 | 0 | 1 {
  const { columns } = rules;
  const base = basePrice(rules, row);
  if (Number.isNaN(base) || price === base) return 0;
  const question = questionOf(rules, row);
  if (columns.isAdjusted || !Number.isInteger(base)) {
    const rate = limitRate(question);
    if (rate === null) return 0;
    const change = price / base - 1;
    return change >= rate - ADJUSTED_TOLERANCE ? 1 : change <= ADJUSTED_TOLERANCE - rate ? -1 : 0;
  }
  const limits = priceLimits(base, question);
  return price >= limits.upper ? 1 : price <= limits.lower ? -1 : 0;
}

function questionOf({ columns, symbolOf }: FillRules, row: number) {
  const symbol = columns.symbols[symbolOf[row]!]!;
  // The rules of a week are those of its first session: ticks and limits have changed on Mondays.
  const day = dayOf(fillTime(columns, columns.time[row]!, 'open'));
  return { day, market: marketOn(symbol, day), kind: symbol.kind };
}

function ticksOf({ columns, symbolOf, days }: FillRules, row: number): TickTable {
  return ticksAt(days, symbolOf[row]!, columns.time[row]!);
}

/**
 * True when an order of this side can meet somebody on this bar. At the close the bar need not have been locked all day: a close at
 * the limit leaves a queue behind it, and we do not pretend to stand at its head.
 */
export function canTrade(rules: FillRules, row: number, side: Side, moment: Moment = 'bar'): boolean {
  const { volume, close } = rules.columns;
  if (!(volume[row]! > 0)) return false; // halted, or nobody traded
  const locked = moment === 'close' ? limitSide(rules, row, close[row]!) : lockedSide(rules, row);
  return locked !== (side === 'buy' ? 1 : -1);
}

/** The most shares of one bar that our fills may take. */
export function volumeCap(rules: FillRules, row: number): number {
  return shareOfVolume(rules.columns.volume[row]!, rules.participation);
}

/**
 * The price we get for `quantity` shares when the market shows `price`: moved against us by the slippage, on the tick of that date (raw data), in whole
 * won, and inside the range in which the bar is known to have traded.
 */
export function slippedPrice(rules: FillRules, row: number, side: Side, price: number, quantity: number): number {
  const { columns } = rules;
  const moved = movedPrice(rules, row, side, price, quantity);
  return side === 'buy' ? Math.min(moved, Math.max(columns.high[row]!, price)) : Math.max(moved, Math.min(columns.low[row]!, price));
}

/**
 * A tick is at most 0.5 % of a raw price from 1,000 won on. Adjusted prices can lie far below the raw ones they stand for, where a
 * whole tick would be several per cent that nobody ever paid.
 */
const ADJUSTED_TICK_SHARE = 0.005;

/**
 * What a limit order names: the reference price moved by `ticks` towards being filled (a buy up, a sell down), on the tick of that
 * date. A reference between two ticks counts as the one that is better for us.
 */
export function limitPrice(rules: FillRules, row: number, side: Side, reference: number, ticks: number): number {
  const bands = ticksOf(rules, row);
  const way = side === 'buy' ? 1 : -1;
  if (rules.columns.isAdjusted) return reference + way * ticks * Math.min(tickSize(reference, bands), reference * ADJUSTED_TICK_SHARE);
  const onTick = side === 'buy' ? floorToTick(Math.floor(reference), bands) : ceilToTick(Math.ceil(reference), bands);
  return stepTicks(onTick, way * ticks, bands);
}

/** An order moves the price with the square root of its part of the bar's volume: four times the shares cost twice the way. */
function impactRate(rules: FillRules, row: number, value: number, quantity: number): Slippage {
  const part = Math.max(0, quantity) / rules.columns.volume[row]!;
  return { kind: 'rate', value: value * Math.sqrt(part) };
}

function movedPrice(rules: FillRules, row: number, side: Side, price: number, quantity: number): number {
  const { slippage: told } = rules.costs;
  const slippage = told.kind === 'impact' ? impactRate(rules, row, told.value, quantity) : told;
  if (slippage.kind === 'none' || slippage.value === 0) return price;
  const bands = ticksOf(rules, row);
  if (!rules.columns.isAdjusted && Number.isInteger(price)) return slippedOnGrid(slippage, side, price, bands);
  if (slippage.kind === 'rate') return slippedByRate(slippage.value, side, price);
  const step = Math.min(tickSize(price, bands), price * ADJUSTED_TICK_SHARE);
  return price + (side === 'buy' ? 1 : -1) * slippage.value * step;
}

/** The tick-rounded trigger of a protective level: stops round down, targets up (raw data); whole won on adjusted data. */
export function triggerPrice(rules: FillRules, row: number, level: number, rounding: 'down' | 'up'): number {
  return roundTrigger(level, rounding, rules.columns.isAdjusted ? null : ticksOf(rules, row));
}

/** Won of a fill before costs. Whole already where prices are; a fraction (adjusted data) is rounded against us. */
export function fillAmount(side: Side, price: number, quantity: number): number {
  return side === 'buy' ? Math.ceil(price * quantity) : Math.floor(price * quantity);
}

export function commissionOf(rules: FillRules, amount: number): number {
  return commission(amount, rules.costs.commissionRate);
}

/** Transaction tax on a sale by the law of its settlement day, cut to the won. */
export function taxOf(rules: FillRules, row: number, amount: number, moment: Moment): number {
  return commission(amount, taxRateOf(rules, row, moment)); // the same exact cut to the won
}

/** Its rate for a sale on a row, as a fraction. */
export function taxRateOf(rules: FillRules, row: number, moment: Moment): number {
  const { columns, symbolOf, days, costs } = rules;
  if (costs.tax === 'none') return 0;
  if (costs.tax !== 'krx') return costs.tax.rate;
  const symbol = columns.symbols[symbolOf[row]!]!;
  return taxRateIn(taxAt(days, columns, columns.time[row]!, moment), symbol.markets ? questionOf(rules, row) : symbol);
}

/** The most shares that cash can pay for, commission included. */
export function affordableQuantity(rules: FillRules, price: number, cash: number): number {
  let quantity = Math.max(0, Math.floor(cash / (price * (1 + rules.costs.commissionRate))));
  while (quantity > 0 && cost(rules, price, quantity) > cash) quantity -= 1;
  return quantity;
}

function cost(rules: FillRules, price: number, quantity: number): number {
  const amount = fillAmount('buy', price, quantity);
  return amount + commissionOf(rules, amount);
}
