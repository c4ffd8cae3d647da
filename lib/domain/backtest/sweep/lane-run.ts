import { commission } from '#domain/market/fees-and-tax.ts';
import type { Program } from '#domain/strategy/compile.ts';
import { meetBar } from '../engine.ts';
import { affordableQuantity, commissionOf, fillAmount, slippedPrice } from '../fill.ts';
import { type CoreMetrics, coreMetricsFrom } from '../metrics/core-metrics.ts';
import { orderPlan } from '../order-plan.ts';
import type { ExitReason, Position, Trade } from '../position.ts';
import { hasPriceStops, NO_ENTRIES, newState, type RunState, type Totals, worth } from '../run-state.ts';
import type { Signals } from '../signals.ts';
import { orderQuantity, type SizeQuestion, sizeOf } from '../sizing.ts';
import { EquityTape } from './equity-tape.ts';
import { type Holding, NEVER, positionBefore, tradeOfSale } from './holding.ts';
import type { Lane } from './lane.ts';
import type { RowList } from './signal-rows.ts';
import { firstAlarm } from './stop-alarm.ts';

/** The calendar entries that count, and the money to begin with; see `EngineInput`. */
export interface LanePeriod {
  readonly start: number;
  readonly end: number;
  readonly years: number;
  readonly capital: number;
  readonly delistingHaircut: number;
}

/** One document with its parameters filled in, over a lane. */
export interface LaneCell {
  readonly program: Program;
  readonly entries: RowList;
  readonly exits: RowList;
  /** What the engine and the sizing read; whole only when the engine asks. */
  readonly sizing: Pick<Signals, 'atr' | 'volatility' | 'symbolOf'>;
  readonly signals: () => Signals;
}

export interface LaneResult {
  readonly metrics: CoreMetrics;
  /** Round trips. */
  readonly trades: number;
  readonly totals: Totals;
  /** Empty unless asked for. */
  readonly tradeList: readonly Trade[];
}

/**
 * Runs cells over one symbol by jumping from signal to signal. It does itself what a plain round trip is: bought at an open, nothing in
 * between, all sold at an open. Whatever else a bar may bring (a split, a stop within reach, a halt, a lock, a sale that the volume
 * cuts short, the end of the symbol, orders with limits or at closes) it leaves to the engine's own steps, bar by bar, until the
 * position is closed. So it knows the order of things, and the rules stay where they are.
 */
export class LaneRunner {
  private readonly lane: Lane;
  private readonly period: LanePeriod;
  private readonly tape: EquityTape;
  private readonly firstRow: number;
  private readonly lastRow: number;
  /** Trades are to be told one by one. */
  private readonly wantsTrades: boolean;
  private cell!: LaneCell;
  private question!: { -readonly [K in keyof SizeQuestion]: SizeQuestion[K] };
  private hasPriceStops = false;
  private state: RunState | null = null;
  private trades: Trade[] = [];
  /** Decisions before this row are over. */
  private row = 0;
  private count = 0;
  private wins = 0;
  /** The one there can be; overwritten by the next purchase, for a new one each time would keep the garbage collector busy. */
  private readonly holding: Holding = { row: 0, quantity: 0, price: 0, amount: 0, fee: 0, slippage: 0 };
  /** Won, by `CASH` … `LOST`. In fields of the object they would be new numbers on the heap at every trade. */
  private readonly money = new Float64Array(8);

  constructor(lane: Lane, period: LanePeriod, wantsTrades: boolean) {
    this.lane = lane;
    this.period = period;
    this.wantsTrades = wantsTrades;
    this.tape = new EquityTape(lane.standing, period.start, period.end, period.capital);
    const { time } = lane.columns;
    const first = time.findIndex((t) => t >= period.start);
    this.firstRow = first < 0 ? time.length : first;
    this.lastRow = time.findLastIndex((t) => t <= period.end);
  }

  run(cell: LaneCell): LaneResult {
    this.begin(cell);
    const { entries, exits } = cell;
    const isPlain = tradesPlainly(cell.program);
    let exit = 0;
    for (let entry = 0; entry < entries.count; entry += 1) {
      const row = entries.rows[entry]!;
      if (row < this.row) continue;
      if (row > this.lastRow) break;
      if (!isPlain) {
        this.leaveToEngine(row);
        continue;
      }
      this.row = row + 1;
      if (row === this.lastRow) break; // its order meets no bar
      while (exit < exits.count && exits.rows[exit]! <= row) exit += 1;
      this.tryEntry(row, exit < exits.count ? exits.rows[exit]! : NEVER);
    }
    return this.result();
  }

  private begin(cell: LaneCell): void {
    this.cell = cell;
    this.question = { program: cell.program, columns: this.lane.columns, signals: cell.sizing, row: 0, equity: 0, price: 0 };
    this.hasPriceStops = hasPriceStops(cell.program.stops);
    this.state = null;
    this.trades = [];
    this.tape.clear();
    this.row = this.firstRow;
    this.count = 0;
    this.wins = 0;
    this.money.fill(0);
    this.money[CASH] = this.period.capital;
  }

  /** A purchase decided at the close of `row`, and all that becomes of it. `exitSignal`: the next row after it that says to sell. */
  private tryEntry(row: number, exitSignal: number): void {
    const { columns, openings, nextChange } = this.lane;
    const { time, volume } = columns;
    const bought = row + 1;
    if (!(volume[row]! > 0) || time[bought] !== time[row]! + 1) return;
    if (nextChange[bought] === bought) {
      this.leaveToEngine(row);
      return;
    }
    if (openings.buys[bought] !== 1 || !this.buy(row, bought)) return;
    const { holding } = this;
    const { maxBars } = this.cell.program.stops;
    const timedOut = maxBars === null ? NEVER : bought + maxBars;
    const exit = Math.min(exitSignal, timedOut);
    const change = nextChange[bought]!;
    const alarm = this.hasPriceStops
      ? firstAlarm(this.lane, this.cell.program.stops, holding, this.atrOf(bought), Math.min(exit, change, this.lastRow))
      : NEVER;
    if (alarm === bought) this.leaveToEngine(row);
    else this.follow(holding, Math.min(alarm, change), exit, exitSignal <= timedOut ? 'exit_signal' : 'max_bars');
  }

  /** A purchase that is certain, until it is sold: decided at the close of row `exit`, unless something happens to it at row `odd`. */
  private follow(holding: Holding, odd: number, exit: number, reason: ExitReason): void {
    const { openings } = this.lane;
    this.settlePurchase(holding);
    const sold = exit + 1;
    if (Math.min(odd, sold) > this.lastRow) this.holdToEnd(holding);
    else if (odd < sold) this.handOver(holding, odd, null);
    else if (openings.sells[sold] !== 1 || openings.cap[sold]! < holding.quantity) this.handOver(holding, sold, reason);
    else this.sell(holding, sold, reason);
  }

  /** Reckons what is bought at the open of `bought`, as decided at the close of `row`; false when nothing is. */
  private buy(row: number, bought: number): boolean {
    const { columns, openings, rules } = this.lane;
    const { question } = this;
    const reference = columns.close[row]!;
    const cash = this.money[CASH]!;
    question.row = row;
    question.equity = cash;
    question.price = reference;
    const size = sizeOf(question);
    const wanted = orderQuantity(size, reference, cash, rules.costs.commissionRate);
    if (wanted < 1) return false;
    const cap = openings.cap[bought]!;
    const market = columns.open[bought]!;
    const price = openings.buyPrice ? openings.buyPrice[bought]! : slippedPrice(rules, bought, 'buy', market, Math.min(wanted, cap));
    const quantity = Math.min(wanted, affordableQuantity(rules, price, cash), cap);
    if (quantity < 1) return false;
    const amount = fillAmount('buy', price, quantity);
    const { holding } = this;
    holding.row = bought;
    holding.quantity = quantity;
    holding.price = price;
    holding.amount = amount;
    holding.fee = commissionOf(rules, amount);
    holding.slippage = Math.round((price - market) * quantity);
    return true;
  }

  private settlePurchase({ amount, fee, slippage }: Holding): void {
    const { money } = this;
    money[CASH]! -= amount + fee;
    money[BOUGHT]! += amount;
    money[COMMISSION]! += fee;
    money[SLIPPAGE]! += slippage;
  }

  /** All at the open of `sold`, whose volume and price allow it. */
  private sell(holding: Holding, sold: number, reason: ExitReason): void {
    const { money } = this;
    const { columns, openings, rules } = this.lane;
    const { time } = columns;
    const { quantity } = holding;
    const market = columns.open[sold]!;
    const price = openings.sellPrice ? openings.sellPrice[sold]! : slippedPrice(rules, sold, 'sell', market, quantity);
    const amount = fillAmount('sell', price, quantity);
    const fee = commissionOf(rules, amount);
    const tax = commission(amount, openings.taxRate[sold]!);
    const cash = money[CASH]!;
    const after = cash + (amount - fee - tax);
    this.tape.holdAndSell(time[holding.row]!, time[sold]!, cash, quantity, after);
    money[CASH] = after;
    money[SOLD]! += amount;
    money[COMMISSION]! += fee;
    money[TAX]! += tax;
    const slippage = Math.round((market - price) * quantity);
    money[SLIPPAGE]! += slippage;
    if (this.wantsTrades) this.trades.push(tradeOfSale(columns, holding, { row: sold, price, amount, fee, tax, slippage }, reason));
    this.book(amount - holding.amount - (holding.fee + fee) - tax);
    this.row = sold;
  }

  private book(pnl: number): void {
    this.count += 1;
    if (pnl > 0) {
      this.wins += 1;
      this.money[WON]! += pnl;
    } else if (pnl < 0) this.money[LOST]! -= pnl;
  }

  private holdToEnd({ row, quantity }: Holding): void {
    this.tape.hold(this.lane.columns.time[row]!, this.period.end + 1, this.money[CASH]!, quantity);
    this.row = NEVER;
  }

  /** The engine takes a position over at the opening of a row, on its way out or not. */
  private handOver(holding: Holding, row: number, exitReason: ExitReason | null): void {
    const { time } = this.lane.columns;
    this.tape.hold(time[holding.row]!, time[row]!, this.money[CASH]!, holding.quantity);
    this.runEngine(time[row]!, positionBefore(this.lane.columns, holding, row, exitReason, this.atrOf(holding.row)));
  }

  /** The engine decides about an entry at the close of a row, or before it, and runs on. */
  private leaveToEngine(row: number): void {
    this.runEngine(this.lane.columns.time[row]!, null);
  }

  /** The engine's own steps until nothing is held or ordered. */
  private runEngine(from: number, position: Position | null): void {
    const { end } = this.period;
    this.state ??= newState({ ...this.period, program: this.cell.program, columns: this.lane.columns, signals: this.cell.signals() });
    const { state } = this;
    state.cash = this.money[CASH]!;
    state.positions.length = 0;
    if (position) state.positions.push(position);
    state.entries = NO_ENTRIES;
    let t = from;
    for (let isIdle = false; t <= end && !isIdle; t += 1) {
      meetBar(state, t);
      this.tape.mark(t, worth(state), state.positions.length > 0);
      isIdle = state.positions.length === 0 && state.entries.length === 0;
    }
    this.money[CASH] = state.cash;
    for (const trade of state.trades) this.book(trade.pnl);
    if (this.wantsTrades) this.trades.push(...state.trades);
    state.trades.length = 0;
    while (this.row <= this.lastRow && this.lane.columns.time[this.row]! < t) this.row += 1;
  }

  /** ATR at the decision to buy on a row, on that row's scale; NaN without such a stop. */
  private atrOf(bought: number): number {
    const { atr } = this.cell.sizing;
    return atr ? atr[bought - 1]! / (this.lane.columns.factor?.[bought] ?? 1) : Number.NaN;
  }

  private result(): LaneResult {
    const { count, wins, money, state } = this;
    const figures = {
      ...this.tape.figures(this.period.years),
      trades: count,
      winRate: wins / count,
      profitFactor: money[WON]! / money[LOST]!,
    };
    const totals = {
      bought: money[BOUGHT]! + (state?.totals.bought ?? 0),
      sold: money[SOLD]! + (state?.totals.sold ?? 0),
      commission: money[COMMISSION]! + (state?.totals.commission ?? 0),
      tax: money[TAX]! + (state?.totals.tax ?? 0),
      slippage: money[SLIPPAGE]! + (state?.totals.slippage ?? 0),
    };
    const metrics = coreMetricsFrom(figures, this.period.end - this.period.start + 1);
    return { metrics, trades: count, totals, tradeList: this.trades };
  }
}

const CASH = 0;
const BOUGHT = 1;
const SOLD = 2;
const COMMISSION = 3;
const TAX = 4;
const SLIPPAGE = 5;
const WON = 6;
const LOST = 7;

/** Whole positions at the market, bought and sold at opens, by signals that do not look at the position. */
function tradesPlainly({ document, sizing, exit }: Program): boolean {
  const plan = orderPlan(document);
  return plan.moment === 'open' && plan.limitTicks === null && sizing.kind !== 'weights' && !exit?.isLive;
}
