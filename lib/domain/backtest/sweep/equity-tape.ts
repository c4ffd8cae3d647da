import { growthFigures, riskRatios } from '../metrics/equity-figures.ts';
import { RepeatedSum } from './repeated-sum.ts';

/**
 * The equity of a run as stretches of bars, as far as its core figures need it. Between stretches nothing is held: equity stands still
 * there, and of all sums only that of squares about the mean changes. Every sum is taken in the order, and with the operations, of
 * metrics/equity-figures.ts, so the figures are equal to the bit. Numbers are kept in typed arrays, for in fields of an object each
 * new one would be a piece of the heap; and a run is walked over once it is whole, in two loops.
 */
export class EquityTape {
  private readonly standing: Float64Array;
  private readonly start: number;
  private readonly length: number;
  private readonly capital: number;
  /** Stretch `i` holds `quantity[i]` shares from calendar entry `from[i]` to before `to[i]`, beside `cash[i]`; at `to[i]` equity is `last[i]`. */
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly cash: Float64Array;
  private readonly quantity: Float64Array;
  private readonly last: Float64Array;
  private stretches = 0;
  /** Bars with a position at their close. */
  private held = 0;
  /** Returns of all stretches, one after the other. */
  private readonly values: Float64Array;

  /** For runs over the calendar entries from `start` to `end`; `standing` is the last close at or before each entry. */
  constructor(standing: Float64Array, start: number, end: number, capital: number) {
    this.standing = standing;
    this.start = start;
    this.length = end - start + 1;
    this.capital = capital;
    this.from = new Int32Array(this.length);
    this.to = new Int32Array(this.length);
    this.cash = new Float64Array(this.length);
    this.quantity = new Float64Array(this.length);
    this.last = new Float64Array(this.length);
    this.values = new Float64Array(this.length);
  }

  clear(): void {
    this.stretches = 0;
    this.held = 0;
  }

  /** One bar as the engine left it. A bar that was told before stands. */
  mark(t: number, equity: number, isHeld: boolean): void {
    if (this.stretches > 0 && t <= this.to[this.stretches - 1]!) return;
    this.add(t, t, 0, 0, equity);
    if (isHeld) this.held += 1;
  }

  /** Bars from `from` to before `until` with `quantity` shares. */
  hold(from: number, until: number, cash: number, quantity: number): void {
    if (until <= from) return;
    this.add(from, until - 1, cash, quantity, cash + this.standing[until - 1]! * quantity);
    this.held += until - from;
  }

  /** The same, and the bar at `sold` that sells everything. */
  holdAndSell(from: number, sold: number, cash: number, quantity: number, cashAfter: number): void {
    this.add(from, sold, cash, quantity, cashAfter);
    this.held += sold - from;
  }

  private add(from: number, to: number, cash: number, quantity: number, last: number): void {
    const i = this.stretches;
    this.from[i] = from;
    this.to[i] = to;
    this.cash[i] = cash;
    this.quantity[i] = quantity;
    this.last[i] = last;
    this.stretches = i + 1;
  }

  /** The figures that rest on equity alone. */
  figures(years: number) {
    const { length, capital, stretches, last } = this;
    const { gained, lost, below, maxDrawdown } = this.walk();
    const mean = (gained - lost) / length;
    const { totalReturn, cagr } = growthFigures((stretches > 0 ? last[stretches - 1]! : capital) / capital, years);
    const { volatility, sharpe, sortino } = riskRatios({ count: length, mean, squares: this.squaresAbout(mean), below }, years);
    // Named one by one: spreading costs as much as a hundred bars.
    return { totalReturn, cagr, maxDrawdown, volatility, sharpe, sortino, exposure: this.held / length };
  }

  /** Writes the returns of all stretches, one after the other; see `walkEquity`. A bar that stands still adds to none of these sums. */
  private walk() {
    const { standing, values, stretches, from, to, cash, quantity, last } = this;
    let before = this.capital;
    let high = before;
    let bottom = before;
    let maxDrawdown = 0;
    let gained2 = 0;
    let lost2 = 0;
    let below4 = 0;
    let count = 0;
    for (let i = 0; i < stretches * 2; i += 1) {
      const k = i >> 1;
      let t = from[k]!;
      let end = to[k]!;
      let money = cash[k]!;
      let shares = quantity[k]!;
      if (i & 1) {
        t = end;
        end = t + 1;
        money = last[k]!;
        shares = 0;
      }
      for (; t < end; t += 1) {
        const equity = money + standing[t]! * shares;
        const rate = equity / before - 1;
        values[count] = rate;
        count += 1;
        before = equity;
        // Twice a gain or twice a loss without a branch, which half of all bars would mispredict. Doubling is exact, and so is adding a zero.
        const size = Math.abs(rate);
        const loss2 = size - rate;
        gained2 += size + rate;
        lost2 += loss2;
        below4 += loss2 * loss2;
        if (equity < high) {
          if (equity < bottom) bottom = equity;
          continue;
        }
        if (bottom < high) maxDrawdown = Math.min(maxDrawdown, bottom / high - 1);
        high = equity;
        bottom = equity;
      }
    }
    return { gained: gained2 / 2, lost: lost2 / 2, below: below4 / 4, maxDrawdown: Math.min(maxDrawdown, bottom / high - 1) };
  }

  private squaresAbout(mean: number): number {
    const { values, stretches, from, to } = this;
    const still = new RepeatedSum((0 - mean) * (0 - mean));
    let squares = 0;
    let next = this.start;
    let at = 0;
    for (let i = 0; i < stretches; i += 1) {
      squares = still.addTo(squares, from[i]! - next);
      next = to[i]! + 1;
      for (const until = at + next - from[i]!; at < until; at += 1) {
        const away = values[at]! - mean;
        squares += away * away;
      }
    }
    return still.addTo(squares, this.start + this.length - next);
  }
}
